import { AppError } from '../base/app-error.js'
import type { Principal } from '../engine/access/principal.js'
import type { Application } from '../engine/application/application.js'
import type { ApplicationStore } from '../store/application-store.js'
import { specDigest } from '../store/spec-digest.js'
import { openApplication, refuseApplication } from './application-access.js'
import { applicationRecord } from './application-doorbells.js'
import type { CheckApplicationSpec } from './check-application-spec.js'

export interface UpdateApplicationDeps {
  readonly applications: ApplicationStore
  readonly checkSpec: CheckApplicationSpec
}

export interface ApplicationChange {
  readonly namespace: string
  readonly name: string
  /** The whole spec; absent = unchanged. */
  readonly spec?: unknown
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  /** The generation that the caller saw; CONFLICT when somebody else was faster. */
  readonly generation?: number
}

/** Changes spec, labels or annotations of an application. */
export class UpdateApplication {
  private readonly deps: UpdateApplicationDeps

  constructor(deps: UpdateApplicationDeps) {
    this.deps = deps
  }

  async run(principal: Principal, change: ApplicationChange): Promise<Application> {
    const { applications, checkSpec } = this.deps
    const before = await openApplication(applications, principal, { name: change, action: 'update' })
    if (change.generation !== undefined && change.generation !== before.generation)
      throw outdated(change.name)
    const spec = change.spec === undefined ? before.spec : checkSpec.parse(change.name, change.spec)
    const after: Application = {
      ...before,
      spec,
      labels: change.labels ?? before.labels,
      annotations: change.annotations ?? before.annotations,
      generation: before.generation + 1,
    }
    if (spec.project !== before.spec.project) {
      const refused = refuseApplication(principal, 'update', after)
      if (refused !== undefined)
        throw new AppError('FORBIDDEN', `Cannot move application "${change.name}": ${refused}`)
    }
    await checkSpec.permit(change, spec)
    const bells = [{ kind: 'application', id: after.id }] as const
    const entry = {
      actor: principal.subject,
      action: 'update-application',
      details: { generation: after.generation, before: specDigest(before.spec), after: specDigest(spec) },
    }
    await applications.update(after, applicationRecord(after, entry, bells))
    return after
  }
}

function outdated(name: string): AppError {
  return new AppError(
    'CONFLICT',
    `Cannot update application "${name}": it was changed by somebody else meanwhile. Read it again and repeat your change.`,
  )
}
