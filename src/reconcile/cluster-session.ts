import { AppError } from '../base/app-error.js'
import type { Logger } from '../base/logger.js'
import { groupKindText, type GroupKind } from '../engine/manifest/resource-key.js'
import type { Cluster, Watch } from '../kube/cluster.js'
import type { ClusterRecord, Fence } from '../store/records.js'
import { looseNode } from '../engine/tree/loose-node.js'
import { toObjectEvent, type ObjectEvent } from '../engine/tree/object-event.js'
import type { LooseNode } from '../engine/tree/tree-node.js'
import { AppliedForms } from './applied-forms.js'
import { ChildWatches } from './child-watches.js'
import { LiveIndex, type LiveIndexDeps } from './live-index.js'
import { PinnedIdentity } from './pinned-identity.js'

const WATCH_READY_MS = 30_000

export interface ClusterSessionDeps {
  readonly record: ClusterRecord
  readonly cluster: Cluster
  readonly hmac: (text: string) => string
  readonly onChange: LiveIndexDeps['onChange']
  readonly logger: Logger
  /** The epoch in which this process owns the cluster; undefined while it does not. */
  readonly fence?: () => Fence | undefined
  /** Which cluster this is: uid of its `kube-system` namespace. */
  readonly uid: string
  /** Another cluster answers at its address since the last interruption. */
  readonly onAnother: (uid: string) => void
}

/** One connected cluster: its client, what is live (by watches) and what we applied. */
export class ClusterSession {
  readonly record: ClusterRecord
  readonly cluster: Cluster
  readonly forms = new AppliedForms()
  readonly live: LiveIndex
  /** What people look at: opened by a look, closed when nobody looks. */
  readonly children: ChildWatches<LooseNode>
  readonly events: ChildWatches<ObjectEvent>
  readonly #watches = new Map<string, Watch>()
  readonly #dead = new Map<string, string>()
  readonly #deadSince = new Map<string, number>()
  /** Who could not be judged, by kind: what was never applied stands in no inventory. */
  readonly #unjudged = new Map<string, Set<string>>()
  readonly #onChange: LiveIndexDeps['onChange']
  readonly #logger: Logger
  readonly #fence: () => Fence | undefined
  readonly #identity: PinnedIdentity

  constructor(deps: ClusterSessionDeps) {
    this.record = deps.record
    this.cluster = deps.cluster
    this.#fence = deps.fence ?? (() => undefined)
    this.#logger = deps.logger.with({ cluster: deps.record.name })
    const { uid, cluster, onAnother } = deps
    this.#identity = new PinnedIdentity({ uid, ask: () => cluster.identity(), onAnother })
    this.#onChange = deps.onChange
    this.children = new ChildWatches({ cluster, slim: looseNode })
    this.events = new ChildWatches({ cluster, slim: toObjectEvent })
    this.live = new LiveIndex({ forms: this.forms, hmac: deps.hmac, onChange: deps.onChange })
  }

  /** Goes with every write of state about this cluster. */
  get fence(): Fence | undefined {
    return this.#fence()
  }

  /** Why nothing may be written: it is not certain which cluster answers. Undefined when it is. */
  refuseWrite(): string | undefined {
    return this.#identity.refuseWrite()
  }

  /** Opens one watch for each kind not watched yet and waits for their first complete lists. */
  async observe(kinds: readonly GroupKind[]): Promise<void> {
    const waiting: Promise<void>[] = []
    for (const kind of kinds) waiting.push(this.#open(kind).ready)
    await within(Promise.all(waiting), () => this.#notReady())
  }

  /** Why objects of this kind cannot be trusted now; undefined while its watch is alive. */
  blindTo(kind: GroupKind): string | undefined {
    return this.#dead.get(groupKindText(kind))
  }

  /** The application needs to see the kind: it is judged again as soon as that can be seen. */
  awaitSight(kind: GroupKind, applicationId: string): void {
    const text = groupKindText(kind)
    const waiting = this.#unjudged.get(text) ?? new Set<string>()
    this.#unjudged.set(text, waiting.add(applicationId))
  }

  /** Kinds whose watch is dead for at least so many milliseconds, with the reason. */
  blindKinds(forMs: number): Readonly<Record<string, string>> {
    const now = performance.now()
    const blind = [...this.#dead].filter(([kind]) => now - (this.#deadSince.get(kind) ?? now) >= forMs)
    return Object.fromEntries(blind)
  }

  /** How many watches are open, and how many of them are dead. */
  get watches(): { readonly open: number; readonly dead: number } {
    return { open: this.#watches.size, dead: this.#dead.size }
  }

  async close(): Promise<void> {
    this.#identity.close()
    this.children.close()
    this.events.close()
    for (const watch of this.#watches.values()) watch.stop()
    this.#watches.clear()
    await this.cluster.close()
  }

  #open(kind: GroupKind): Watch {
    const text = groupKindText(kind)
    const known = this.#watches.get(text)
    if (known !== undefined) return known
    const watch = this.cluster.watch(kind, {
      replaced: (objects) => this.live.replaced(kind, objects),
      event: (event) => {
        if (event.type === 'deleted') this.live.deleted(event.object)
        else this.live.changed(event.object)
      },
      health: (state) => this.#note(text, state),
    })
    this.#watches.set(text, watch)
    return watch
  }

  #note(kind: string, state: { readonly alive: boolean; readonly reason?: string }): void {
    if (state.alive) {
      this.#deadSince.delete(kind)
      // What was judged while nothing could be seen is judged again, although no object changed.
      if (this.#dead.delete(kind)) this.#judgeAgain(kind)
      return
    }
    const reason = state.reason ?? 'the watch is broken'
    if (!this.#deadSince.has(kind)) this.#deadSince.set(kind, performance.now())
    const before = this.#dead.get(kind)
    if (before === reason) return
    this.#identity.interrupted()
    this.#dead.set(kind, reason)
    // Its applications show the reason before: they are judged again, so that people see this one.
    if (before !== undefined) this.#judgeAgain(kind)
    this.#logger.warn('watch is down, reconnecting', { kind, reason })
  }

  #judgeAgain(kind: string): void {
    const ids = new Set([...this.forms.applicationsWith(kind), ...(this.#unjudged.get(kind) ?? [])])
    this.#unjudged.delete(kind)
    for (const applicationId of ids) this.#onChange({ applicationId })
  }

  #notReady(): AppError {
    const reasons = [...this.#dead].map(([kind, reason]) => `${kind}: ${reason}`)
    const because =
      reasons.length > 0 ? reasons.join('; ').replace(/\.$/, '') : 'the API server does not answer the list'
    return new AppError(
      'UPSTREAM_CLUSTER',
      `Cannot observe cluster "${this.record.name}" (${this.record.server}): ${because}. It is tried again by itself.`,
      { retry: { afterSeconds: 5 } },
    )
  }
}

async function within<T>(work: Promise<T>, late: () => AppError): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), WATCH_READY_MS)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}
