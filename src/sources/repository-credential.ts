import { longestCover } from '../engine/address/url-prefix.js'
import type { CredentialTemplateStore } from '../store/credential-template-store.js'
import type { RepositoryStore } from '../store/directory-stores.js'
import type { RepositoryRecord } from '../store/records.js'
import type { SealedAt, Vault } from '../vault/vault.js'

export interface RepositoryCredentialDeps {
  readonly repositories: Pick<RepositoryStore, 'credential'>
  readonly credentialTemplates: Pick<CredentialTemplateStore, 'list' | 'credential'>
  readonly vault: Pick<Vault, 'open'>
}

/** What a remote is shown; nothing when it is read without a credential. */
export interface Credential {
  readonly username?: string
  readonly password?: string
}

/** The only place where a repository's credential is opened: its own, else that of the template with the longest URL. */
export class RepositoryCredential {
  private readonly deps: RepositoryCredentialDeps

  constructor(deps: RepositoryCredentialDeps) {
    this.deps = deps
  }

  async of({ id, url, username, hasPassword }: RepositoryRecord): Promise<Credential> {
    const own = username === undefined ? {} : { username }
    if (!hasPassword) return username === undefined ? this.templateFor(url) : own
    const sealed = await this.deps.repositories.credential(id)
    return sealed === undefined ? own : { ...own, ...this.opened('repositories', id, sealed) }
  }

  /** What a template gives a URL whose repository has no credential, or is not connected yet. */
  async templateFor(url: string): Promise<Credential> {
    const { credentialTemplates } = this.deps
    const template = longestCover(url, await credentialTemplates.list())
    const sealed = template === undefined ? undefined : await credentialTemplates.credential(template.id)
    if (template === undefined || sealed === undefined) return {}
    return this.opened('credential_templates', template.id, sealed)
  }

  private opened(table: SealedAt['table'], row: string, sealed: Uint8Array): Credential {
    const at = { table, row, column: 'credential' }
    const plain = new TextDecoder().decode(this.deps.vault.open('git', at, sealed))
    const { username, password } = JSON.parse(plain) as Credential
    return { ...(username && { username }), ...(password !== undefined && { password }) }
  }
}
