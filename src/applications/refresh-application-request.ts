import type { Principal } from '../engine/access/principal.js'
import type { Application } from '../engine/application/application.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { AuditStore, RepositoryStore } from '../store/directory-stores.js'
import { toRenderAnew } from '../store/render-anew.js'
import { openApplication, type ApplicationName } from './application-access.js'
import { applicationDoorbells, applicationRecord } from './application-doorbells.js'

export interface RefreshApplicationRequestDeps {
  readonly applications: ApplicationStore
  readonly repositories: RepositoryStore
  readonly audit: AuditStore
}

/** Asks for a new comparison; `hard` looks into the repositories again, too. Seeing an application is enough for it. */
export class RefreshApplicationRequest {
  private readonly deps: RefreshApplicationRequestDeps

  constructor(deps: RefreshApplicationRequestDeps) {
    this.deps = deps
  }

  async run(principal: Principal, name: ApplicationName, hard: boolean): Promise<Application> {
    const { applications, repositories, audit } = this.deps
    const application = await openApplication(applications, principal, { name, action: 'get' })
    // A plain refresh also means "look at Git": that is what people expect after a push without a webhook.
    const bells = await applicationDoorbells(repositories, application)
    if (hard) await this.renderAnew(application.id)
    const entry = { actor: principal.subject, action: 'refresh-application', details: { hard } }
    await audit.append(applicationRecord(application, entry, bells))
    return application
  }

  /** Before the doorbells: whoever hears them finds it. Never rendered yet = it is rendered anyway. */
  private async renderAnew(applicationId: string): Promise<void> {
    const desired = await this.deps.applications.desired(applicationId)
    if (desired !== undefined) await this.deps.applications.saveDesired([toRenderAnew(desired)])
  }
}
