import type { Application } from '../../engine/application/application.js'
import { PendingWork, YOUNG_SECONDS, type PendingPage, type WaitingApplication } from '../pending-work.js'
import type { ApplicationRows } from './memory-application-store.js'
import type { MemoryClusterStore } from './memory-cluster-store.js'
import type { MemoryOperationStore } from './memory-operation-store.js'

export interface MemoryPendingWorkDeps {
  readonly rows: ApplicationRows
  readonly clusters: MemoryClusterStore
  readonly operations: MemoryOperationStore
}

export class MemoryPendingWork extends PendingWork {
  readonly #deps: MemoryPendingWorkDeps

  constructor(deps: MemoryPendingWorkDeps) {
    super()
    this.#deps = deps
  }

  override async page({ after, limit, thorough }: PendingPage): Promise<readonly WaitingApplication[]> {
    const since = thorough ? 0 : Date.now() - YOUNG_SECONDS * 1_000
    const active = new Map(
      (await this.#deps.operations.allActive()).map((operation) => [operation.applicationId, operation]),
    )
    const pending = [...this.#deps.rows.applications.values()]
      .filter((application) => {
        const startedAt = active.get(application.id)?.startedAt ?? application.deletion?.requestedAt
        const isUnderWay = startedAt !== undefined && Date.parse(startedAt) > since
        return application.id > after && (isUnderWay || this.#isBehind(application))
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1))
    return Promise.all(pending.slice(0, limit).map((application) => this.waiting(application)))
  }

  async waiting({ id, generation, spec }: Application): Promise<WaitingApplication> {
    const { server, name } = spec.destination
    const cluster = await this.#deps.clusters.byServerOrName(server, name)
    const isUnrendered = this.#deps.rows.desired.get(id)?.generation !== generation
    return { kind: 'application', id, clusterId: cluster?.id, isUnrendered }
  }

  #isBehind({ id, generation }: Application): boolean {
    const desired = this.#deps.rows.desired.get(id)
    const status = this.#deps.rows.statuses.get(id)
    if (desired?.generation !== generation || status === undefined) return true
    const isOther =
      status.observedGeneration !== generation ||
      JSON.stringify(status.revisions) !== JSON.stringify(desired.revisions)
    return isOther && Date.parse(status.observedAt) <= Date.parse(desired.updatedAt)
  }
}
