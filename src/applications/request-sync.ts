import { AppError } from '../base/app-error.js'
import { crashPoint } from '../base/crash-point.js'
import type { Clock, NewId } from '../base/clock.js'
import type { Principal } from '../engine/access/principal.js'
import type { Operation, SyncRequest } from '../engine/sync/operation.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { OperationStore } from '../store/operation-store.js'
import { openApplication, type ApplicationName } from './application-access.js'
import { applicationRecord } from './application-doorbells.js'
import type { CheckSyncWindows } from './check-sync-windows.js'

export interface RequestSyncDeps {
  readonly applications: ApplicationStore
  readonly operations: OperationStore
  readonly windows: CheckSyncWindows
  readonly clock: Clock
  readonly newId: NewId
}

export interface SyncWish {
  readonly name: ApplicationName
  readonly request: SyncRequest
  /** The same key within a day answers the same operation. */
  readonly idempotencyKey?: string
}

/** Accepts a sync: one operation, one audit event; the owner of the cluster carries it out. */
export class RequestSync {
  private readonly deps: RequestSyncDeps

  constructor(deps: RequestSyncDeps) {
    this.deps = deps
  }

  async run(principal: Principal, wish: SyncWish): Promise<Operation> {
    const { applications, operations, clock, newId } = this.deps
    const application = await openApplication(applications, principal, { name: wish.name, action: 'sync' })
    if (application.deletion !== undefined) {
      throw new AppError('CONFLICT', `Cannot sync application "${application.name}": it is being deleted.`)
    }
    if (!wish.request.dryRun) await this.deps.windows.refuse(application)
    const desired = await applications.desired(application.id)
    const operation: Operation = {
      id: newId(),
      applicationId: application.id,
      kind: 'sync',
      phase: 'Running',
      request: { ...wish.request, generation: application.generation },
      initiatedBy: { username: principal.subject, automated: false },
      revisions: wish.request.rollback?.revisions ?? desired?.revisions ?? [],
      message: 'waiting for the cluster worker',
      retryCount: 0,
      results: [],
      startedAt: new Date(clock.now()).toISOString(),
    }
    const entry = entryOf(principal, operation)
    const record = applicationRecord(application, entry, [{ kind: 'application', id: application.id }])
    // A key of one application must not answer the operation of another one.
    const key = wish.idempotencyKey === undefined ? undefined : `${application.id}:${wish.idempotencyKey}`
    crashPoint('S0:before')
    const started = await operations.start(operation, record, { idempotencyKey: key })
    crashPoint('S0:after')
    return started
  }
}

function entryOf({ subject }: Principal, { id, request }: Operation) {
  const { prune, dryRun, force, rollback } = request
  return {
    actor: subject,
    action: rollback === undefined ? 'sync-application' : 'rollback-application',
    details: { operation: id, prune, dryRun, force, ...(rollback && { deployment: rollback.number }) },
  }
}
