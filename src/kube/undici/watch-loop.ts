import { AppError, reasonOf } from '../../base/app-error.js'
import type { Manifest } from '../../engine/manifest/manifest.js'
import type { WatchListener } from '../cluster.js'
import { toUnreachable } from './connect-failure.js'
import { listSubject, type ListScope } from './paged-list.js'
import type { ReconnectDelay } from './reconnect-delay.js'
import type { ReflectorOptions } from './reflector-options.js'
import { collectionPath } from './resource-path.js'
import { isOlder } from './resource-version.js'
import { retryAfterOf, toAppError } from './to-app-error.js'
import { LineTooLong } from './line-splitter.js'
import { BrokenLine, WatchConnection, WatchRefused, type RawEvent } from './watch-stream.js'

/** After this many failures in a row at one place, the place itself is suspect: list again. */
const FAILURES_BEFORE_RELIST = 5
/** A stream that lived this long has worked, even without an event. */
const WORKED_MS = 5000

export interface WatchLoopOptions extends ReflectorOptions {
  readonly listener: WatchListener
  readonly signal: AbortSignal
  readonly delay: ReconnectDelay
  health(alive: boolean, reason?: string): void
}

/** The watch cannot go on from where it is: history is gone, or the stream contradicts itself. */
class RelistNeeded extends Error {}

/** Watches one scope, stream after stream, until a new list is needed or the signal aborts; then `run` returns. */
export class WatchLoop {
  private readonly scope: ListScope
  private readonly options: WatchLoopOptions
  private readonly connection: WatchConnection
  private version: string

  constructor(scope: ListScope, version: string, options: WatchLoopOptions) {
    this.scope = scope
    this.version = version
    this.options = options
    this.connection = new WatchConnection(options.stream)
  }

  /** The newest version seen. */
  get reached(): string {
    return this.version
  }

  async run(): Promise<void> {
    try {
      await this.watchOn()
    } finally {
      this.connection.close()
    }
  }

  private async watchOn(): Promise<void> {
    const { signal, delay, sender } = this.options
    while (!signal.aborted) {
      const begun = performance.now()
      const version = this.version
      const end = await this.streamOnce()
      if (end === 'relist') return
      const worked = this.version !== version || performance.now() - begun > WORKED_MS
      if (worked) delay.reset()
      if (delay.failures >= FAILURES_BEFORE_RELIST) return
      if (end === 'broken' || !worked) await delay.wait(signal, sender.pauseLeft())
    }
  }

  private async streamOnce(): Promise<'ended' | 'broken' | 'relist'> {
    try {
      await this.stream()
      return 'ended'
    } catch (error) {
      if (this.options.signal.aborted || needsRelist(error)) return 'relist'
      this.options.health(false, this.reasonOf(error))
      return 'broken'
    }
  }

  private async stream(): Promise<void> {
    for await (const events of this.connection.watch(this.path(), this.options.signal)) {
      this.options.health(true)
      for (const event of events) this.take(event)
    }
  }

  /**
   * The server sends a bookmark once a minute and before it ends a stream. Streams of 45-55 s bring one sooner than the
   * idle limit (60 s): whatever is silent beyond that is dead, quiet or not, and versions never grow old.
   */
  private path(): string {
    const { random, idleMs } = this.options.timing
    const seconds = Math.max(1, Math.round((idleMs / 1000) * (0.75 + random() / 6)))
    const query = `watch=1&allowWatchBookmarks=true&resourceVersion=${encodeURIComponent(this.version)}`
    return `${collectionPath(this.scope.kind, this.scope.namespace)}?${query}&timeoutSeconds=${seconds}`
  }

  private take(event: RawEvent): void {
    if (event.type === 'ERROR') throw toRefusal(event.object)
    const version = event.object.metadata?.resourceVersion
    if (event.object.kind !== this.scope.kind.kind || version === undefined) throw new BrokenLine()
    // Versions only rise within a watch: one that falls was reordered on the way, and newer state would be overwritten.
    if (isOlder(version, this.version)) throw new RelistNeeded()
    this.deliver(event)
    this.version = version
  }

  private deliver({ type, object }: RawEvent): void {
    if (type === 'BOOKMARK') return
    if (type === 'DELETED') this.options.listener.event({ type: 'deleted', object })
    else if (type === 'ADDED' || type === 'MODIFIED') this.options.listener.event({ type: 'changed', object })
    else throw new BrokenLine()
  }

  private reasonOf(error: unknown): string {
    const subject = { ...listSubject(this.scope), action: `watch ${this.scope.kind.plural}` }
    if (error instanceof WatchRefused) {
      const seconds = retryAfterOf(error.retryAfter, error.body)
      if (error.status === 429) this.options.sender.pause(seconds ?? 1)
      return reasonOf(toAppError({ status: error.status, body: error.body }, subject))
    }
    if (error instanceof BrokenLine || error instanceof AppError) return error.message
    return toUnreachable(error, subject).message
  }
}

function needsRelist(error: unknown): boolean {
  if (error instanceof WatchRefused) return error.status === 410 || error.status === 404
  return error instanceof RelistNeeded || error instanceof LineTooLong
}

function toRefusal(status: Manifest): WatchRefused {
  const { code, reason } = status as unknown as { code?: unknown; reason?: unknown }
  const gone = reason === 'Expired' || reason === 'Gone'
  return new WatchRefused({
    status: gone ? 410 : typeof code === 'number' ? code : 500,
    body: JSON.stringify(status),
  })
}
