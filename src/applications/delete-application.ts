import { AppError } from '../base/app-error.js'
import type { Clock, NewId } from '../base/clock.js'
import type { Principal } from '../engine/access/principal.js'
import type { Application, Deletion } from '../engine/application/application.js'
import type { Operation } from '../engine/sync/operation.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { OperationStore } from '../store/operation-store.js'
import { openApplication, type ApplicationName } from './application-access.js'
import { applicationRecord } from './application-doorbells.js'

export interface DeleteApplicationDeps {
  readonly applications: ApplicationStore
  readonly operations: OperationStore
  readonly clock: Clock
  readonly newId: NewId
}

export interface DeletionWish {
  readonly name: ApplicationName
  readonly cascade: boolean
  readonly propagation: Deletion['propagation']
  /** The same key of the same person answers the same operation, also when the application is gone. */
  readonly idempotencyKey?: string
}

/**
 * Marks an application as going and starts its deletion. An active sync is not interrupted: its owner sees the mark and
 * deletes when the sync is over; then the active operation is the answer.
 */
export class DeleteApplication {
  private readonly deps: DeleteApplicationDeps

  constructor(deps: DeleteApplicationDeps) {
    this.deps = deps
  }

  async run(principal: Principal, wish: DeletionWish): Promise<Operation> {
    const { applications, operations, clock } = this.deps
    const key = wish.idempotencyKey && `delete:${principal.subject}:${wish.idempotencyKey}`
    const earlier = key ? await operations.byIdempotencyKey(key) : undefined
    if (earlier !== undefined) return earlier
    const application = await openApplication(applications, principal, { name: wish.name, action: 'delete' })
    const requestedAt = new Date(clock.now()).toISOString()
    const deletion: Deletion = { cascade: wish.cascade, propagation: wish.propagation, requestedAt }
    const operation = this.operation(application, principal, requestedAt)
    const details = { cascade: wish.cascade, propagation: wish.propagation }
    const entry = { actor: principal.subject, action: 'delete-application', details }
    const bells = [{ kind: 'application', id: application.id }] as const
    const started = { ...entry, details: { ...details, operation: operation.id } }
    try {
      const beginning = { idempotencyKey: key || undefined, deletion }
      return await operations.start(operation, applicationRecord(application, started, bells), beginning)
    } catch (error) {
      const active = await operations.active(application.id)
      if (!(error instanceof AppError) || error.code !== 'CONFLICT' || active === undefined) throw error
      await applications.markDeleting(application.id, deletion, applicationRecord(application, entry, bells))
      return active
    }
  }

  private operation(application: Application, principal: Principal, startedAt: string): Operation {
    return {
      id: this.deps.newId(),
      applicationId: application.id,
      kind: 'delete',
      phase: 'Running',
      request: { prune: true, dryRun: false, force: false, confirmedPrune: true },
      initiatedBy: { username: principal.subject, automated: false },
      revisions: [],
      message: 'waiting for the cluster worker',
      retryCount: 0,
      results: [],
      startedAt,
    }
  }
}
