import { ApplicationFactsReader, type ApplicationFacts } from '../application-facts.js'
import type { Stores } from '../stores.js'

export class MemoryApplicationFacts extends ApplicationFactsReader {
  readonly #stores: Pick<Stores, 'applications' | 'clusters' | 'operations' | 'projects'>

  constructor(stores: Pick<Stores, 'applications' | 'clusters' | 'operations' | 'projects'>) {
    super()
    this.#stores = stores
  }

  override async of(
    applicationId: string,
    wanted: { readonly status: boolean },
  ): Promise<ApplicationFacts | undefined> {
    const { applications, operations, projects, clusters } = this.#stores
    const application = await applications.get(applicationId)
    if (application === undefined) return undefined
    const { server, name } = application.spec.destination
    const [desired, active, [newest], project, cluster, status] = await Promise.all([
      applications.desired(applicationId),
      operations.active(applicationId),
      operations.history(applicationId, 1),
      projects.byName(application.spec.project),
      clusters.byServerOrName(server, name),
      wanted.status ? applications.status(applicationId) : undefined,
    ])
    const last = active === undefined ? newest : undefined
    return { application, desired, active, last, project, clusterId: cluster?.id, status }
  }
}
