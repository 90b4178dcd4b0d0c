import type { Principal } from '../engine/access/principal.js'
import type { ApplicationListRow } from '../store/application-list.js'
import type { ApplicationStore } from '../store/application-store.js'
import { openApplication, refuseApplication, type ApplicationName } from './application-access.js'

/** Reads one application with its status; NOT_FOUND also for what the principal may not see. */
export class GetApplication {
  private readonly applications: ApplicationStore

  constructor(applications: ApplicationStore) {
    this.applications = applications
  }

  async run(principal: Principal, name: ApplicationName): Promise<ApplicationListRow> {
    const application = await openApplication(this.applications, principal, { name, action: 'get' })
    const status = await this.applications.status(application.id)
    return status === undefined ? { application } : { application, status }
  }

  /** Those of the given ids that exist and that the principal may see, with their status. */
  async many(principal: Principal, ids: readonly string[]): Promise<readonly ApplicationListRow[]> {
    const found = await this.applications.getMany(ids)
    const visible = found.filter(
      (application) => refuseApplication(principal, 'get', application) === undefined,
    )
    const statuses = await this.applications.statuses(visible.map((application) => application.id))
    const byId = new Map(statuses.map((status) => [status.applicationId, status]))
    return visible.map((application) => {
      const status = byId.get(application.id)
      return status === undefined ? { application } : { application, status }
    })
  }
}
