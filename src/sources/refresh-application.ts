import { AppError } from '../base/app-error.js'
import { sourcesOf, type Application } from '../engine/application/application.js'
import type { RemoteRefs } from '../git/git-source.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { RepositoryStore } from '../store/directory-stores.js'
import { normalizedUrl } from '../store/normalized-url.js'
import type { RepositoryRecord } from '../store/records.js'
import type { ContactRepository } from './contact-repository.js'
import type { RenderApplications } from './render-applications.js'
import type { RepositoryTurns } from './repository-turns.js'

export interface RefreshApplicationDeps {
  readonly repositories: RepositoryStore
  readonly applications: ApplicationStore
  readonly contact: ContactRepository
  readonly render: RenderApplications
  readonly turns: RepositoryTurns
}

export interface RefreshOutcome {
  /** Ring again after this time, when nothing else does. */
  readonly requeueAfterSeconds?: number
}

/** Renders one application: a new or changed one, or on a person's wish. */
export class RefreshApplication {
  private readonly deps: RefreshApplicationDeps

  constructor(deps: RefreshApplicationDeps) {
    this.deps = deps
  }

  /** `hard` looks into its repositories first and renders even what is stored. */
  async run(applicationId: string, options: { readonly hard?: boolean } = {}): Promise<RefreshOutcome> {
    const { applications, render, turns } = this.deps
    const application = await applications.get(applicationId)
    if (application === undefined || application.deletion !== undefined) return {}
    const records = await this.records(application)
    return turns.run(
      records.map(({ id }) => id),
      async () => {
        const fresh = options.hard === true ? await this.fetched(records) : new Map<string, RemoteRefs>()
        const current = await applications.get(applicationId)
        if (current === undefined) return {}
        const force = options.hard === true
        const { retryAfterSeconds } = await render.run({ applications: [current], fresh, force })
        return retryAfterSeconds === undefined ? {} : { requeueAfterSeconds: retryAfterSeconds }
      },
    )
  }

  private async records(application: Application): Promise<readonly RepositoryRecord[]> {
    const urls = new Set(sourcesOf(application.spec).map(({ repoURL }) => normalizedUrl(repoURL)))
    const records = await Promise.all([...urls].map((url) => this.deps.repositories.byUrl(url)))
    return records.filter((record) => record !== undefined)
  }

  /** A repository that cannot be reached is told at its record; the stored heads count then. */
  private async fetched(records: readonly RepositoryRecord[]): Promise<Map<string, RemoteRefs>> {
    const fresh = new Map<string, RemoteRefs>()
    for (const record of records) {
      try {
        fresh.set(record.id, await this.deps.contact.run(record, 'fetch'))
      } catch (error) {
        if (!(error instanceof AppError)) throw error
      }
    }
    return fresh
  }
}
