import { HeartbeatStore, type Heartbeat, type HeartbeatRecord } from '../heartbeat-store.js'
import type { Fences } from '../records.js'
import type { ApplicationRows } from './memory-application-store.js'
import type { MemoryClusterStore } from './memory-cluster-store.js'
import type { MemoryLeaseStore } from './memory-lease-store.js'

export interface MemoryHeartbeatStoreDeps {
  readonly rows: ApplicationRows
  readonly clusters: MemoryClusterStore
  readonly leases: MemoryLeaseStore
}

interface Row {
  readonly observedAt: number | undefined
  readonly sinceSequence: number
  readonly blindKinds: Readonly<Record<string, string>>
}

export class MemoryHeartbeatStore extends HeartbeatStore {
  readonly #deps: MemoryHeartbeatStoreDeps
  readonly #rows = new Map<string, Row>()

  constructor(deps: MemoryHeartbeatStoreDeps) {
    super()
    this.#deps = deps
  }

  override async begin(clusterId: string, fence?: Fences): Promise<void> {
    this.#deps.leases.refuseOutdated(fence)
    if ((await this.#deps.clusters.get(clusterId)) === undefined) return
    const { observedAt } = this.#rows.get(clusterId) ?? {}
    const sinceSequence = this.#deps.rows.nextSequence()
    this.#rows.set(clusterId, { observedAt, sinceSequence, blindKinds: {} })
  }

  override async beat({ clusterId, ageMs, blindKinds }: Heartbeat, fence?: Fences): Promise<void> {
    this.#deps.leases.refuseOutdated(fence)
    const row = this.#rows.get(clusterId)
    if (row === undefined) return
    const observedAt = Math.max(row.observedAt ?? 0, Date.now() - ageMs)
    this.#rows.set(clusterId, { ...row, observedAt, blindKinds })
  }

  override async list(): Promise<readonly HeartbeatRecord[]> {
    const clusters = new Set((await this.#deps.clusters.list()).map(({ id }) => id))
    return [...this.#rows]
      .filter(([clusterId]) => clusters.has(clusterId))
      .map(([clusterId, { observedAt, sinceSequence, blindKinds }]) => ({
        clusterId,
        ...(observedAt === undefined
          ? {}
          : { observedAt: new Date(observedAt).toISOString(), ageMs: Date.now() - observedAt }),
        sinceSequence,
        blindKinds,
      }))
      .sort((a, b) => (a.clusterId < b.clusterId ? -1 : 1))
  }
}
