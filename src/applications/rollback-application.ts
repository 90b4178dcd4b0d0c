import { AppError } from '../base/app-error.js'
import type { Principal } from '../engine/access/principal.js'
import { isAutomated } from '../engine/application/application.js'
import type { Operation } from '../engine/sync/operation.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { OperationStore } from '../store/operation-store.js'
import type { Deployment } from '../store/records.js'
import { openApplication, type ApplicationName } from './application-access.js'
import type { CheckApplicationSpec } from './check-application-spec.js'
import type { RequestSync } from './request-sync.js'

export interface RollbackApplicationDeps {
  readonly applications: ApplicationStore
  readonly operations: OperationStore
  readonly checkSpec: CheckApplicationSpec
  readonly sync: RequestSync
}

export interface RollbackWish {
  readonly name: ApplicationName
  /** Number of the deployment; absent = the one before the newest. */
  readonly number?: number
  readonly prune: boolean
  readonly dryRun: boolean
  readonly confirmedPrune: boolean
  readonly idempotencyKey?: string
}

/**
 * Makes an earlier deployment live again, from its stored render: Git is not needed. The spec stays, so the application
 * is OutOfSync afterwards. Refused while automated sync is on, which would undo it (contract 1.7).
 */
export class RollbackApplication {
  private readonly deps: RollbackApplicationDeps

  constructor(deps: RollbackApplicationDeps) {
    this.deps = deps
  }

  async run(principal: Principal, wish: RollbackWish): Promise<Operation> {
    const { applications, checkSpec, sync } = this.deps
    const { name, prune, dryRun, confirmedPrune, idempotencyKey } = wish
    const application = await openApplication(applications, principal, { name, action: 'sync' })
    if (isAutomated(application.spec)) {
      throw new AppError(
        'CONFLICT',
        `Cannot roll back application "${name.name}": automated sync is on and would undo it. Turn it off first: lockstep app set ${name.name} --sync-policy none`,
      )
    }
    const { number, revisions, renderKeys, sources } = await this.deployment(application.id, wish)
    // A repository that the project permits no more stays forbidden, however old the render is.
    await checkSpec.permit(name, { ...application.spec, sources })
    const rollback = { number, revisions, renderKeys, sources }
    const request = { prune, dryRun, force: false, confirmedPrune, rollback }
    const key = idempotencyKey === undefined ? {} : { idempotencyKey }
    return sync.run(principal, { name, request, ...key })
  }

  private async deployment(applicationId: string, { name, number }: RollbackWish): Promise<Deployment> {
    const { operations } = this.deps
    const found =
      number === undefined
        ? (await operations.deployments(applicationId, 2))[1]
        : await operations.deployment(applicationId, number)
    if (found !== undefined) return found
    const which = number === undefined ? 'an earlier deployment' : `deployment ${number}`
    throw new AppError(
      'BAD_USER_INPUT',
      `Cannot roll back application "${name.name}": it has no ${which.replace(/^an /, '')}. Look what there is: lockstep app history ${name.name}`,
    )
  }
}
