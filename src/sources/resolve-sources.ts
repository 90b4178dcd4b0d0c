import { AppError } from '../base/app-error.js'
import { sourcesOf, type Application, type ApplicationSource } from '../engine/application/application.js'
import { unsupportedSource, unsupportedSpec } from '../engine/application/unsupported-source.js'
import type { GitSource, RemoteRefs } from '../git/git-source.js'
import { resolveRevision } from '../git/resolve-revision.js'
import { folderOf } from '../render/source-folder.js'
import type { RepositoryStore } from '../store/directory-stores.js'
import { normalizedUrl } from '../store/normalized-url.js'
import type { RepositoryRecord } from '../store/records.js'
import type { ContactRepository } from './contact-repository.js'
import { currentRefs } from './current-refs.js'

/** A source with the commit that its target revision means now; the commit is in the mirror. */
export interface ResolvedSource {
  readonly source: ApplicationSource
  readonly repositoryId: string
  readonly commit: string
}

export type ResolvedApplication =
  | { readonly application: Application; readonly sources: readonly ResolvedSource[] }
  | { readonly application: Application; readonly failure: AppError }

/** Refs that were read a moment ago, by repository id; for other repositories the stored heads count. */
export type FreshRefs = ReadonlyMap<string, RemoteRefs>

export interface ResolveSourcesDeps {
  readonly repositories: RepositoryStore
  readonly git: GitSource
  readonly contact: ContactRepository
}

/** Finds repository and commit of every source. What cannot be resolved is a failure of that application alone. */
export class ResolveSources {
  private readonly deps: ResolveSourcesDeps

  constructor(deps: ResolveSourcesDeps) {
    this.deps = deps
  }

  async run(applications: readonly Application[], fresh: FreshRefs): Promise<readonly ResolvedApplication[]> {
    const round = new Round(this.deps, fresh)
    const resolved: ResolvedApplication[] = []
    for (const application of applications) {
      try {
        refuseUnsupported(unsupportedSpec(application.spec))
        const sources = sourcesOf(application.spec)
        if (sources.length === 0) throw new AppError('BAD_USER_INPUT', 'spec.source is missing')
        resolved.push({
          application,
          sources: await Promise.all(sources.map((source) => round.resolve(source))),
        })
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        resolved.push({ application, failure: error })
      }
    }
    return resolved
  }
}

/** One pass: each repository and each commit is looked up once, for however many applications. */
class Round {
  private readonly deps: ResolveSourcesDeps
  private readonly records = new Map<string, Promise<RepositoryRecord | undefined>>()
  private readonly refs = new Map<string, Promise<RemoteRefs>>()
  private readonly fetched = new Map<string, Promise<RemoteRefs>>()
  private readonly present = new Map<string, Promise<boolean>>()

  constructor(deps: ResolveSourcesDeps, fresh: FreshRefs) {
    this.deps = deps
    for (const [id, refs] of fresh) this.refs.set(id, Promise.resolve(refs))
  }

  async resolve(source: ApplicationSource): Promise<ResolvedSource> {
    refuseUnsupported(unsupportedSource(source))
    // Refuses a path that leaves the repository before anything is looked up under it.
    folderOf(source)
    const url = normalizedUrl(source.repoURL)
    const record = await once(this.records, url, () => this.deps.repositories.byUrl(url))
    if (record === undefined) {
      throw new AppError('BAD_USER_INPUT', `Repository "${source.repoURL}" is not connected: add it first`)
    }
    const refs = await once(this.refs, record.id, () => this.knownRefs(record))
    const revision = source.targetRevision ?? ''
    const commit = resolveRevision(refs, revision)
    if (commit === undefined) throw unknownRevision(record, revision)
    if (!(await once(this.present, `${record.id} ${commit}`, () => this.bring(record, commit)))) {
      throw unknownRevision(record, revision)
    }
    return { source, repositoryId: record.id, commit }
  }

  private async knownRefs(record: RepositoryRecord): Promise<RemoteRefs> {
    const refs = currentRefs(await this.deps.repositories.heads(record.id))
    return refs.size > 0 ? refs : this.fetch(record)
  }

  /** The mirror may be new or emptied since the heads were stored. */
  private async bring(record: RepositoryRecord, commit: string): Promise<boolean> {
    if (await this.deps.git.has(record.id, commit)) return true
    await this.fetch(record)
    return this.deps.git.has(record.id, commit)
  }

  private fetch(record: RepositoryRecord): Promise<RemoteRefs> {
    return once(this.fetched, record.id, () => this.deps.contact.run(record, 'fetch'))
  }
}

function refuseUnsupported(reason: string | undefined): void {
  if (reason !== undefined) throw new AppError('BAD_USER_INPUT', reason)
}

function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = known.get(key) ?? make()
  known.set(key, value)
  return value
}

function unknownRevision(record: RepositoryRecord, revision: string): AppError {
  const name = revision === '' ? 'HEAD' : revision
  const what = `Revision "${name}" is neither a branch nor a tag nor a fetched commit of repository "${record.url}"`
  return new AppError('BAD_USER_INPUT', `${what}: check source.targetRevision`)
}
