import { AppError } from '../base/app-error.js'
import { sourcesOf, type Application } from '../engine/application/application.js'
import type { RemoteRefs } from '../git/git-source.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { RepositoryStore } from '../store/directory-stores.js'
import { normalizedUrl } from '../store/normalized-url.js'
import type { RepositoryRecord } from '../store/records.js'
import type { ContactRepository } from './contact-repository.js'
import type { LookAtHeads } from './look-at-heads.js'
import type { RenderApplications, RenderOutcome } from './render-applications.js'
import { homeOf, type RepositoryTurns } from './repository-turns.js'

export interface RefreshApplicationDeps {
  readonly repositories: RepositoryStore
  readonly applications: ApplicationStore
  readonly contact: ContactRepository
  readonly heads: LookAtHeads
  readonly render: RenderApplications
  readonly turns: RepositoryTurns
  readonly onMoved?: (repositoryId: string) => void
  /** Does this process own the repository? Default: all of them. */
  readonly owns?: (repositoryId: string) => boolean
  /** Wakes the owner of a repository, who renders all applications from it that are not. */
  readonly handOver?: (repositoryId: string) => Promise<void>
}

export interface RefreshOutcome {
  /** Ring again after this time, when nothing else does. */
  readonly requeueAfterSeconds?: number
}

/** What a new or changed application is rendered from is not older than this: it may belong to a push just before it. */
const RECENT_MS = 10_000
/** At most so many together: the first ones do not wait for all. */
const MOST = 50

interface Batch {
  readonly ids: Set<string>
  readonly outcome: Promise<RenderOutcome>
}

/**
 * Renders one application: a new or changed one, or on a person's wish. Those that wait for one repository go together. Of several
 * processes one renders it, the owner of the first of its repositories: two would undo each other's work.
 */
export class RefreshApplication {
  private readonly deps: RefreshApplicationDeps
  /** By repository, until their turn comes. */
  private readonly batches = new Map<string, Batch>()

  constructor(deps: RefreshApplicationDeps) {
    this.deps = deps
  }

  /** `hard` looks into its repositories first and renders even what is stored. */
  async run(applicationId: string, options: { readonly hard?: boolean } = {}): Promise<RefreshOutcome> {
    const application = await this.deps.applications.get(applicationId)
    if (application === undefined || application.deletion !== undefined) return {}
    const records = await this.records(application)
    if (await this.isHandedOver(records)) return {}
    const [only, ...others] = records
    const isAlone = only === undefined || others.length > 0 || options.hard === true
    const { retry, retryAfterSeconds } = isAlone
      ? await this.alone(applicationId, records, options.hard === true)
      : await this.together(applicationId, only)
    const isToRetry = retryAfterSeconds !== undefined && retry.has(applicationId)
    return isToRetry ? { requeueAfterSeconds: retryAfterSeconds } : {}
  }

  /** To the owner of the first of its repositories, when that is another process. */
  private async isHandedOver(records: readonly RepositoryRecord[]): Promise<boolean> {
    const home = homeOf(records.map(({ id }) => id))
    if (home === undefined || this.deps.owns?.(home) !== false) return false
    await this.deps.handOver?.(home)
    return true
  }

  private alone(id: string, records: readonly RepositoryRecord[], force: boolean): Promise<RenderOutcome> {
    const { applications, render, turns } = this.deps
    return turns.run(
      records.map((record) => record.id),
      async (fence) => {
        const fresh = force ? await this.fetched(records) : new Map<string, RemoteRefs>()
        return render.run({ applications: await applications.getMany([id]), fresh, force, fence })
      },
    )
  }

  private async together(id: string, record: RepositoryRecord): Promise<RenderOutcome> {
    const waiting = this.batches.get(record.id)
    const batch = waiting !== undefined && waiting.ids.size < MOST ? waiting : this.begin(record)
    batch.ids.add(id)
    return batch.outcome
  }

  /** Its turn comes after this one at the earliest: whoever begins it is in it. */
  private begin(record: RepositoryRecord): Batch {
    const { applications, heads, render, turns, onMoved } = this.deps
    const ids = new Set<string>()
    const outcome = turns.run([record.id], async (fence) => {
      if (this.batches.get(record.id) === batch) this.batches.delete(record.id)
      const moved = await heads.unlessRecent(record, RECENT_MS, fence)
      const fresh = new Map(moved === undefined ? [] : [[record.id, moved]])
      const rendered = await render.run({ applications: await applications.getMany([...ids]), fresh, fence })
      if (moved !== undefined) onMoved?.(record.id)
      return rendered
    })
    const batch = { ids, outcome }
    this.batches.set(record.id, batch)
    return batch
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
