import { AppError } from '../base/app-error.js'
import type { Clock } from '../base/clock.js'
import type { Principal } from '../engine/access/principal.js'
import { DELETION_APPROVED } from '../engine/sync/deletion-approval.js'
import type { Operation } from '../engine/sync/operation.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { OperationStore } from '../store/operation-store.js'
import { openApplication, type ApplicationName } from './application-access.js'
import { applicationRecord } from './application-doorbells.js'

export interface ConfirmDeletionDeps {
  readonly applications: ApplicationStore
  readonly operations: OperationStore
  readonly clock: Clock
}

/** Agrees to the deletions for which the operation of an application waits (`Prune=confirm`, `Delete=confirm`). */
export class ConfirmDeletion {
  private readonly deps: ConfirmDeletionDeps

  constructor(deps: ConfirmDeletionDeps) {
    this.deps = deps
  }

  /** CONFLICT when no operation runs: an agreement in advance would be about something nobody has seen. */
  async run(principal: Principal, name: ApplicationName): Promise<Operation> {
    const { applications, operations, clock } = this.deps
    const application = await openApplication(applications, principal, { name, action: 'update' })
    const active = await operations.active(application.id)
    if (active === undefined) {
      throw new AppError(
        'CONFLICT',
        `Cannot confirm a deletion of application "${name.name}": no operation waits for it. Sync or delete it first.`,
      )
    }
    const begun = application.deletion?.requestedAt ?? active.startedAt
    const approvedAt = new Date(Math.max(clock.now(), Date.parse(begun) + 1)).toISOString()
    const entry = {
      actor: principal.subject,
      action: 'confirm-deletion',
      details: { operation: active.id, waitedFor: active.message },
    }
    const record = applicationRecord(application, entry, [{ kind: 'application', id: application.id }])
    await applications.annotate(application.id, { [DELETION_APPROVED]: approvedAt }, record)
    return active
  }
}
