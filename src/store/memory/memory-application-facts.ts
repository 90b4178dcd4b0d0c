import { sourcesOf, type Application } from '../../engine/application/application.js'
import { normalizedUrl } from '../normalized-url.js'
import { ApplicationFactsReader, type ApplicationFacts } from '../application-facts.js'
import type { Stores } from '../stores.js'

type FactStores = Pick<Stores, 'applications' | 'clusters' | 'operations' | 'projects' | 'repositories'>

export class MemoryApplicationFacts extends ApplicationFactsReader {
  readonly #stores: FactStores

  constructor(stores: FactStores) {
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
    const [desired, active, [newest], project, cluster, status, repositoryProjects] = await Promise.all([
      applications.desired(applicationId),
      operations.active(applicationId),
      operations.history(applicationId, 1),
      projects.byName(application.spec.project),
      clusters.byServerOrName(server, name),
      wanted.status ? applications.status(applicationId) : undefined,
      this.#scoped(application),
    ])
    const last = active === undefined ? newest : undefined
    return { application, desired, active, last, project, clusterId: cluster?.id, repositoryProjects, status }
  }

  async #scoped({ spec }: Application): Promise<Readonly<Record<string, string>> | undefined> {
    const urls = sourcesOf(spec).map(({ repoURL }) => normalizedUrl(repoURL))
    const found = await Promise.all(urls.map((url) => this.#stores.repositories.byUrl(url)))
    const scoped = Object.fromEntries(
      found.flatMap((one) => (one?.project === undefined ? [] : [[one.normalizedUrl, one.project] as const])),
    )
    return Object.keys(scoped).length === 0 ? undefined : scoped
  }
}
