import { reasonOf, stageOf } from '../base/app-error.js'
import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { OBSERVATION_INTERVAL_MS } from '../engine/status/freshness.js'
import type { Cluster } from '../kube/cluster.js'
import type { ClusterStore } from '../store/directory-stores.js'
import type { HeartbeatStore } from '../store/heartbeat-store.js'
import type { ConnectionState, Fences } from '../store/records.js'

/** A cluster that this process observes. */
export interface ObservedCluster {
  readonly id: string
  readonly cluster: Pick<Cluster, 'probe'>
  /** Kinds (`group/Kind`) whose watch is dead for at least so long, with the reason. */
  blindKinds(forMs: number): Readonly<Record<string, string>>
}

export interface HeartbeatDeps {
  readonly heartbeats: HeartbeatStore
  readonly clusters: Pick<ClusterStore, 'saveConnection'>
  readonly clock: Clock
  readonly logger: Logger
  /** The lease under which this process owns the cluster, when there are leases. */
  readonly fence?: (clusterId: string) => Fences | undefined
  /** Default 15 s. */
  readonly intervalMs?: number
}

/** A watch that reconnects is not blind yet; told after two intervals, it is seen within three. */
const BLIND_AFTER_INTERVALS = 2

/**
 * Says about each cluster that is observed here that its API server answered just now: one row per cluster and interval,
 * however many applications there are. A silent cluster writes nothing; so its statuses grow stale by themselves, and so
 * they do when this process dies.
 */
export class Heartbeat {
  readonly #deps: HeartbeatDeps
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #beating = new Set<string>()
  /** Clusters that do not answer, with what was told of it last. */
  readonly #silent = new Map<string, string>()

  constructor(deps: HeartbeatDeps) {
    this.#deps = deps
  }

  /** Before the first look: statuses from before no longer count as compared. */
  async begin(clusterId: string): Promise<void> {
    await this.#deps.heartbeats.begin(clusterId, this.#deps.fence?.(clusterId))
  }

  /** Beats now and from now on. */
  async start(observed: ObservedCluster): Promise<void> {
    this.stop(observed.id)
    const timer = setInterval(() => void this.#beat(observed), this.#intervalMs)
    timer.unref()
    this.#timers.set(observed.id, timer)
    await this.#beat(observed)
  }

  stop(clusterId: string): void {
    clearInterval(this.#timers.get(clusterId))
    this.#timers.delete(clusterId)
    this.#silent.delete(clusterId)
  }

  close(): void {
    for (const id of [...this.#timers.keys()]) this.stop(id)
  }

  get #intervalMs(): number {
    return this.#deps.intervalMs ?? OBSERVATION_INTERVAL_MS
  }

  /** A probe that hangs is not doubled; the age counts from when it was sent. */
  async #beat({ id, cluster, blindKinds }: ObservedCluster): Promise<void> {
    if (this.#beating.has(id)) return
    this.#beating.add(id)
    const { heartbeats, clock, logger, fence } = this.#deps
    try {
      const sent = clock.monotonic()
      await this.#probe(id, cluster)
      if (!this.#timers.has(id)) return
      const ageMs = clock.monotonic() - sent
      const blind = blindKinds(BLIND_AFTER_INTERVALS * this.#intervalMs)
      await heartbeats.beat({ clusterId: id, ageMs, blindKinds: blind }, fence?.(id))
    } catch (error) {
      logger.warn('a cluster was not observed', { cluster: id, reason: reasonOf(error) })
    } finally {
      this.#beating.delete(id)
    }
  }

  /** Tells the record when the cluster falls silent, when the reason is another one, and when it answers again. */
  async #probe(id: string, cluster: ObservedCluster['cluster']): Promise<void> {
    try {
      await cluster.probe()
    } catch (error) {
      const message = reasonOf(error)
      const stage = stageOf(error)
      if (this.#timers.has(id) && this.#silent.get(id) !== message) {
        await this.#tell(id, { status: 'Failed', message, ...(stage && { stage }) })
        this.#silent.set(id, message)
      }
      throw error
    }
    if (!this.#silent.has(id)) return
    await this.#tell(id, { status: 'Successful', message: '' })
    this.#silent.delete(id)
  }

  #tell(id: string, connection: ConnectionState): Promise<void> {
    const { clusters, clock, fence } = this.#deps
    const checkedAt = new Date(clock.now()).toISOString()
    return clusters.saveConnection(id, { ...connection, checkedAt }, { fence: fence?.(id) })
  }
}
