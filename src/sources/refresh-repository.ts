import { AppError } from '../base/app-error.js'
import { crashPoint } from '../base/crash-point.js'
import type { Clock } from '../base/clock.js'
import { sourcesOf, type Application } from '../engine/application/application.js'
import type { RemoteRefs } from '../git/git-source.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { RepositoryStore } from '../store/directory-stores.js'
import { normalizedUrl } from '../store/normalized-url.js'
import type { Fence, RepositoryRecord } from '../store/records.js'
import type { ContactRepository } from './contact-repository.js'
import type { RefreshApplication, RefreshOutcome } from './refresh-application.js'
import type { RenderApplications } from './render-applications.js'
import type { RepositoryTurns } from './repository-turns.js'

export interface RefreshRepositoryDeps {
  readonly repositories: RepositoryStore
  readonly applications: ApplicationStore
  readonly contact: ContactRepository
  readonly render: RenderApplications
  readonly refreshApplication: RefreshApplication
  readonly turns: RepositoryTurns
  readonly clock: Clock
}

const UNREACHABLE_SECONDS = 30

/** Brings a repository up to date and renders what its new commits changed. */
export class RefreshRepository {
  private readonly deps: RefreshRepositoryDeps

  constructor(deps: RefreshRepositoryDeps) {
    this.deps = deps
  }

  /** A repository that is gone is no error; one that cannot be reached says so in its record. */
  async run(repositoryId: string): Promise<RefreshOutcome> {
    const many: Application[] = []
    const outcome = await this.deps.turns.run([repositoryId], async (fence): Promise<RefreshOutcome> => {
      const record = await this.deps.repositories.get(repositoryId)
      return record === undefined ? {} : this.refresh(record, many, fence).catch(requeued)
    })
    // Sources in several repositories need the turns of all of them, and two turns at once could wait for each other.
    const others = await this.refreshEach(many)
    const seconds = [outcome, ...others].flatMap(({ requeueAfterSeconds }) => requeueAfterSeconds ?? [])
    return seconds.length === 0 ? {} : { requeueAfterSeconds: Math.min(...seconds) }
  }

  private async refresh(
    record: RepositoryRecord,
    many: Application[],
    fence: Fence | undefined,
  ): Promise<RefreshOutcome> {
    const { applications: store, render } = this.deps
    const applications = await store.byRepository(record.normalizedUrl)
    many.push(...applications.filter(hasManyRepositories))
    const single = applications.filter((application) => !hasManyRepositories(application))
    const refs = await this.fetched(record)
    // Without fresh refs the stored heads count: a new application still renders while Git is away.
    const fresh = new Map(refs === undefined ? [] : [[record.id, refs]])
    const { retryAfterSeconds } = await render.run({ applications: single, fresh, fence })
    // Heads last: after a crash the next look finds them changed and does all of this again.
    if (refs !== undefined) await this.saveHeads(record.id, refs, fence)
    if (refs === undefined) return { requeueAfterSeconds: UNREACHABLE_SECONDS }
    return retryAfterSeconds === undefined ? {} : { requeueAfterSeconds: retryAfterSeconds }
  }

  private async fetched(record: RepositoryRecord): Promise<RemoteRefs | undefined> {
    try {
      crashPoint('S4:before')
      const refs = await this.deps.contact.run(record, 'fetch')
      crashPoint('S4:after')
      return refs
    } catch (error) {
      if (error instanceof AppError) return undefined
      throw error
    }
  }

  private async saveHeads(id: string, refs: RemoteRefs, fence: Fence | undefined): Promise<void> {
    const checkedAt = new Date(this.deps.clock.now()).toISOString()
    await this.deps.repositories.saveHeads(id, { refs, checkedAt }, fence)
  }

  private async refreshEach(applications: readonly Application[]): Promise<readonly RefreshOutcome[]> {
    const outcomes: RefreshOutcome[] = []
    for (const { id } of applications) outcomes.push(await this.deps.refreshApplication.run(id))
    return outcomes
  }
}

/** What passes by itself is tried again; a repository that was removed meanwhile is done; the rest is for the caller. */
function requeued(error: unknown): RefreshOutcome {
  if (error instanceof AppError && error.code === 'NOT_FOUND' && error.retry === 'never') return {}
  if (!(error instanceof AppError) || error.retry === 'never') throw error
  const requeueAfterSeconds = error.retry === 'backoff' ? UNREACHABLE_SECONDS : error.retry.afterSeconds
  return { requeueAfterSeconds }
}

function hasManyRepositories({ spec }: Application): boolean {
  return new Set(sourcesOf(spec).map(({ repoURL }) => normalizedUrl(repoURL))).size > 1
}
