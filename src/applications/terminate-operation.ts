import { AppError } from '../base/app-error.js'
import type { Principal } from '../engine/access/principal.js'
import type { Operation } from '../engine/sync/operation.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { OperationStore } from '../store/operation-store.js'
import { openApplication, type ApplicationName } from './application-access.js'
import { applicationRecord } from './application-doorbells.js'

export interface TerminateOperationDeps {
  readonly applications: ApplicationStore
  readonly operations: OperationStore
}

/**
 * Stops the sync that runs on an application: whoever carries it out ends it after the step that is under way. What was
 * changed stays. Asked again while it stops, answers the same operation and records nothing more.
 */
export class TerminateOperation {
  private readonly deps: TerminateOperationDeps

  constructor(deps: TerminateOperationDeps) {
    this.deps = deps
  }

  async run(principal: Principal, name: ApplicationName): Promise<Operation> {
    const { applications, operations } = this.deps
    const application = await openApplication(applications, principal, { name, action: 'sync' })
    const active = await operations.active(application.id)
    if (active === undefined) throw nothingRuns(name)
    if (active.kind === 'delete') {
      throw new AppError(
        'CONFLICT',
        `Cannot terminate the deletion of application "${name.name}": objects that went are gone. Create it again to keep the rest.`,
      )
    }
    const entry = {
      actor: principal.subject,
      action: 'terminate-operation',
      details: { operation: active.id },
    }
    const record = applicationRecord(application, entry, [{ kind: 'application', id: application.id }])
    await operations.terminate(active.id, `terminated by ${principal.subject}`, record)
    const now = await operations.get(active.id)
    if (now === undefined) throw nothingRuns(name)
    return now
  }
}

function nothingRuns(name: ApplicationName): AppError {
  return new AppError(
    'CONFLICT',
    `Cannot terminate the operation of application "${name.name}": no operation is in progress.`,
  )
}
