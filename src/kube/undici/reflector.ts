import { AppError, reasonOf } from '../../base/app-error.js'
import type { ApiKind } from '../../engine/manifest/api-catalog.js'
import type { GroupKind } from '../../engine/manifest/resource-key.js'
import type { Watch, WatchListener } from '../cluster.js'
import { listWhole, type ListScope, type WholeList } from './paged-list.js'
import { ReconnectDelay } from './reconnect-delay.js'
import type { ReflectorOptions } from './reflector-options.js'
import { isOlder } from './resource-version.js'
import { WatchLoop } from './watch-loop.js'

const SHORT_ROUND_MS = 2000
const STALE_FOR_MS = 300_000

/**
 * Keeps a listener up to date with one kind: a whole list, then watches that resume where the last one ended; a new
 * list when history is gone (410), when the stream is not to be trusted, and once in a while. Never gives up; a list
 * that fails in any namespace is not delivered.
 */
export class Reflector implements Watch {
  readonly ready: Promise<void>
  private readonly kind: GroupKind
  private readonly listener: WatchListener
  private readonly options: ReflectorOptions
  private readonly stopping = new AbortController()
  private readonly delay: ReconnectDelay
  private becomeReady: () => void = () => undefined
  private alive: boolean | undefined
  private reason = ''
  private newest = '1'
  private staleSince: number | undefined

  constructor(kind: GroupKind, listener: WatchListener, options: ReflectorOptions) {
    this.kind = kind
    this.listener = listener
    this.options = options
    this.delay = new ReconnectDelay(options.timing)
    this.ready = new Promise((resolve) => {
      this.becomeReady = resolve
    })
    void this.run()
  }

  stop(): void {
    this.stopping.abort()
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted
  }

  private async run(): Promise<void> {
    let fresh = false
    while (!this.stopped) {
      const begun = performance.now()
      try {
        const kind = await this.options.resolve(this.kind, fresh)
        fresh = false
        await this.round(kind)
        // A new list is taken at once, but not list after list (a storm of 410).
        if (performance.now() - begun < SHORT_ROUND_MS) await this.delay.wait(this.stopping.signal)
      } catch (error) {
        // A kind that is not served (any more) may have moved to another version.
        fresh = error instanceof AppError && error.code === 'NOT_FOUND'
        this.report(false, reasonOf(error))
        await this.delay.wait(this.stopping.signal, this.options.sender.pauseLeft())
      }
    }
  }

  /** List everything, tell it, then watch until a new list is needed. */
  private async round(kind: ApiKind): Promise<void> {
    const scopes = this.options.namespacesOf(kind).map((namespace): ListScope => ({
      clusterId: this.options.clusterId,
      kind,
      namespace,
    }))
    const versions = await this.listAll(scopes)
    if (!this.stopped) await this.watchAll(scopes, versions)
  }

  /** Tells the whole list; returns only versions, so that no list is kept in memory while its watch lives. */
  private async listAll(scopes: readonly ListScope[]): Promise<readonly string[]> {
    const lists = await Promise.all(scopes.map((scope) => listWhole(this.options.sender, scope)))
    if (this.stopped) return []
    this.refuseStale(lists)
    const [only] = lists
    const isOne = only !== undefined && lists.length === 1
    this.listener.replaced(isOne ? only.objects : lists.flatMap((list) => list.objects))
    this.becomeReady()
    return lists.map((list) => list.resourceVersion)
  }

  private async watchAll(scopes: readonly ListScope[], versions: readonly string[]): Promise<void> {
    const { timing } = this.options
    const relist = new AbortController()
    const timer = setTimeout(() => relist.abort(), timing.relistMs * (0.5 + timing.random()))
    timer.unref()
    const signal = AbortSignal.any([relist.signal, this.stopping.signal])
    const broken = new Set<WatchLoop>()
    const loops = scopes.map((scope, index) => {
      const loop: WatchLoop = new WatchLoop(scope, versions[index] ?? '', {
        ...this.options,
        listener: this.listener,
        signal,
        delay: scopes.length === 1 ? this.delay : new ReconnectDelay(timing),
        health: (alive, reason) => {
          if (alive) broken.delete(loop)
          else broken.add(loop)
          this.report(broken.size === 0, reason)
        },
      })
      return loop
    })
    try {
      // The first that wants a new list ends all: only a list of every namespace is a whole one.
      await Promise.race(loops.map((loop) => loop.run()))
    } finally {
      clearTimeout(timer)
      relist.abort()
      for (const { reached } of loops) if (isOlder(this.newest, reached)) this.newest = reached
    }
  }

  /**
   * A list from before what was seen already comes from a stale replica or a restored backup: it would report what is
   * there as deleted. Only when the cluster insists for minutes is it the truth.
   */
  private refuseStale(lists: readonly WholeList[]): void {
    if (!lists.some((list) => isOlder(list.resourceVersion, this.newest))) {
      this.staleSince = undefined
    } else {
      this.staleSince ??= performance.now()
      if (performance.now() - this.staleSince < STALE_FOR_MS) {
        const message = `The list of ${this.kind.kind} on cluster "${this.options.clusterId}" is older than what was seen before (a stale replica, or etcd was restored from a backup), so nothing is concluded from it.`
        throw new AppError('UPSTREAM_CLUSTER', message, { retry: 'backoff' })
      }
      this.newest = '1'
    }
    for (const { resourceVersion } of lists)
      if (isOlder(this.newest, resourceVersion)) this.newest = resourceVersion
  }

  private report(alive: boolean, reason: string | undefined): void {
    const text = alive ? '' : (reason ?? '')
    if (this.stopped || (this.alive === alive && this.reason === text)) return
    this.alive = alive
    this.reason = text
    this.listener.health(alive || reason === undefined ? { alive } : { alive, reason })
  }
}
