import { reasonOf, stageOf } from '../base/app-error.js'
import type { Clock } from '../base/clock.js'
import type { GitRemote, GitSource, RemoteRefs } from '../git/git-source.js'
import type { RepositoryStore } from '../store/directory-stores.js'
import type { ConnectionState, Fence, RepositoryRecord } from '../store/records.js'
import { RepositoryCredential, type RepositoryCredentialDeps } from './repository-credential.js'

export interface ContactRepositoryDeps extends RepositoryCredentialDeps {
  readonly repositories: RepositoryStore
  readonly git: GitSource
  readonly clock: Clock
  /** Does this process own the repository? Default: all of them. What another one owns is that one's to speak of. */
  readonly owns?: (repositoryId: string) => boolean
  /** Goes with what is written about a repository. Throws CONFLICT when another process owns it. Default: none. */
  readonly fence?: (repositoryId: string) => Fence
}

/** Every contact with a repository leaves its outcome at the record. */
export class ContactRepository {
  private readonly deps: ContactRepositoryDeps
  private readonly credential: RepositoryCredential

  constructor(deps: ContactRepositoryDeps) {
    this.deps = deps
    this.credential = new RepositoryCredential(deps)
  }

  /** Asks for the refs (`list`), or brings everything new into the mirror (`fetch`). */
  async run(record: RepositoryRecord, depth: 'list' | 'fetch'): Promise<RemoteRefs> {
    const save = this.outcomeOf(record)
    try {
      const remote = await this.remote(record)
      const refs = depth === 'list' ? await this.deps.git.refs(remote) : await this.deps.git.fetch(remote)
      if (record.connection.status !== 'Successful') await save({ status: 'Successful', message: '' })
      return refs
    } catch (error) {
      const stage = stageOf(error)
      await save({ status: 'Failed', message: reasonOf(error), ...(stage && { stage }) })
      throw error
    }
  }

  private async remote(record: RepositoryRecord): Promise<GitRemote> {
    return {
      repositoryId: record.id,
      url: record.url,
      ...(record.insecureTls && { insecureTls: true }),
      ...(await this.credential.of(record)),
    }
  }

  /** Whoever owned it when the contact began, and no longer does when it ends, changes nothing. */
  private outcomeOf({ id }: RepositoryRecord) {
    const { owns, fence, clock, repositories } = this.deps
    if (owns?.(id) === false) return () => Promise.resolve()
    const mine = fence?.(id)
    return (connection: ConnectionState): Promise<void> => {
      const checkedAt = new Date(clock.now()).toISOString()
      return repositories.saveConnection(id, { ...connection, checkedAt }, mine)
    }
  }
}
