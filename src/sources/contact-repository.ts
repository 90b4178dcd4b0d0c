import { reasonOf } from '../base/app-error.js'
import type { Clock } from '../base/clock.js'
import type { GitRemote, GitSource, RemoteRefs } from '../git/git-source.js'
import type { RepositoryStore } from '../store/directory-stores.js'
import type { Fence, RepositoryRecord } from '../store/records.js'
import type { Vault } from '../vault/vault.js'

export interface ContactRepositoryDeps {
  readonly repositories: RepositoryStore
  readonly git: GitSource
  readonly vault: Vault
  readonly clock: Clock
  /** Does this process own the repository? Default: all of them. What another one owns is that one's to speak of. */
  readonly owns?: (repositoryId: string) => boolean
  /** Goes with what is written about a repository. Throws CONFLICT when another process owns it. Default: none. */
  readonly fence?: (repositoryId: string) => Fence
}

/** The only place where a repository's credential is opened. Every contact leaves its outcome at the record. */
export class ContactRepository {
  private readonly deps: ContactRepositoryDeps

  constructor(deps: ContactRepositoryDeps) {
    this.deps = deps
  }

  /** Asks for the refs (`list`), or brings everything new into the mirror (`fetch`). */
  async run(record: RepositoryRecord, depth: 'list' | 'fetch'): Promise<RemoteRefs> {
    const save = this.outcomeOf(record)
    try {
      const remote = await this.remote(record)
      const refs = depth === 'list' ? await this.deps.git.refs(remote) : await this.deps.git.fetch(remote)
      if (record.connection.status !== 'Successful') await save('Successful', '')
      return refs
    } catch (error) {
      await save('Failed', reasonOf(error))
      throw error
    }
  }

  private async remote(record: RepositoryRecord): Promise<GitRemote> {
    const sealed = record.hasPassword ? await this.deps.repositories.credential(record.id) : undefined
    const remote: GitRemote = {
      repositoryId: record.id,
      url: record.url,
      ...(record.username !== undefined && { username: record.username }),
      ...(record.insecureTls && { insecureTls: true }),
    }
    return sealed === undefined ? remote : { ...remote, ...this.opened(record.id, sealed) }
  }

  private opened(id: string, sealed: Uint8Array): { readonly username?: string; readonly password?: string } {
    const at = { table: 'repositories', row: id, column: 'credential' }
    const plain = new TextDecoder().decode(this.deps.vault.open('git', at, sealed))
    const { username, password } = JSON.parse(plain) as {
      readonly username?: string
      readonly password?: string
    }
    return { ...(username && { username }), ...(password !== undefined && { password }) }
  }

  /** Whoever owned it when the contact began, and no longer does when it ends, changes nothing. */
  private outcomeOf({ id }: RepositoryRecord) {
    const { owns, fence, clock, repositories } = this.deps
    if (owns?.(id) === false) return () => Promise.resolve()
    const mine = fence?.(id)
    return (status: 'Successful' | 'Failed', message: string): Promise<void> => {
      const checkedAt = new Date(clock.now()).toISOString()
      return repositories.saveConnection(id, { status, message, checkedAt }, mine)
    }
  }
}
