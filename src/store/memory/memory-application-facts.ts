import { ApplicationFactsReader, type ApplicationFacts } from '../application-facts.js'
import type { Stores } from '../stores.js'

export class MemoryApplicationFacts extends ApplicationFactsReader {
  readonly #stores: Pick<Stores, 'applications' | 'operations' | 'projects'>

  constructor(stores: Pick<Stores, 'applications' | 'operations' | 'projects'>) {
    super()
    this.#stores = stores
  }

  override async of(
    applicationId: string,
    wanted: { readonly status: boolean },
  ): Promise<ApplicationFacts | undefined> {
    const { applications, operations, projects } = this.#stores
    const application = await applications.get(applicationId)
    if (application === undefined) return undefined
    const [desired, active, [newest], project, status] = await Promise.all([
      applications.desired(applicationId),
      operations.active(applicationId),
      operations.history(applicationId, 1),
      projects.byName(application.spec.project),
      wanted.status ? applications.status(applicationId) : undefined,
    ])
    return { application, desired, active, last: active === undefined ? newest : undefined, project, status }
  }
}
