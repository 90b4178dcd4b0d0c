import { reasonOf } from '../base/app-error.js'
import type { Clock } from '../base/clock.js'
import type { GitRemote, GitSource, RemoteRefs } from '../git/git-source.js'
import type { RepositoryStore } from '../store/directory-stores.js'
import type { RepositoryRecord } from '../store/records.js'
import type { Vault } from '../vault/vault.js'

export interface ContactRepositoryDeps {
  readonly repositories: RepositoryStore
  readonly git: GitSource
  readonly vault: Vault
  readonly clock: Clock
}

/** The only place where a repository's credential is opened. Every contact leaves its outcome at the record. */
export class ContactRepository {
  private readonly deps: ContactRepositoryDeps

  constructor(deps: ContactRepositoryDeps) {
    this.deps = deps
  }

  /** Asks for the refs (`list`), or brings everything new into the mirror (`fetch`). */
  async run(record: RepositoryRecord, depth: 'list' | 'fetch'): Promise<RemoteRefs> {
    try {
      const remote = await this.remote(record)
      const refs = depth === 'list' ? await this.deps.git.refs(remote) : await this.deps.git.fetch(remote)
      if (record.connection.status !== 'Successful') await this.save(record, 'Successful', '')
      return refs
    } catch (error) {
      await this.save(record, 'Failed', reasonOf(error))
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

  private save(record: RepositoryRecord, status: 'Successful' | 'Failed', message: string): Promise<void> {
    const checkedAt = new Date(this.deps.clock.now()).toISOString()
    return this.deps.repositories.saveConnection(record.id, { status, message, checkedAt })
  }
}
