import { AppError } from '../base/app-error.js'
import type { Clock, NewId } from '../base/clock.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import { urlPrefix } from '../engine/address/url-prefix.js'
import type { CredentialTemplate, CredentialTemplateStore } from '../store/credential-template-store.js'
import type { RepositoryStore } from '../store/directory-stores.js'
import type { Vault } from '../vault/vault.js'
import { wakeInheriting } from './inheriting-repositories.js'
import { refuseRepositoryUrl } from './refuse-repository-url.js'

export interface SaveCredentialTemplateDeps {
  readonly credentialTemplates: CredentialTemplateStore
  readonly repositories: Pick<RepositoryStore, 'list'>
  readonly vault: Pick<Vault, 'seal'>
  readonly clock: Clock
  readonly newId: NewId
}

export interface NewCredentialTemplate {
  /** Every repository below it that has no credential of its own is read with this one. */
  readonly url: string
  readonly username?: string
  readonly password?: string
  /** One that exists already gets this credential instead of a refusal. */
  readonly upsert?: boolean
}

/**
 * Stores a credential, sealed, for the repositories below a URL. Nobody is asked whether it is right: which repository
 * it is for shows when one uses it. BAD_USER_INPUT, FORBIDDEN, CONFLICT.
 */
export class SaveCredentialTemplate {
  private readonly deps: SaveCredentialTemplateDeps

  constructor(deps: SaveCredentialTemplateDeps) {
    this.deps = deps
  }

  async run(principal: Principal, wish: NewCredentialTemplate): Promise<CredentialTemplate> {
    const { credentialTemplates, repositories } = this.deps
    const { url, prefix, password } = checked(wish)
    refuse(principal, 'create', url)
    const all = await credentialTemplates.list()
    const known = all.find((one) => one.prefix === prefix)
    if (known !== undefined) refuseKnown(principal, known, wish.upsert === true)
    const template = this.templateOf(wish, { url, prefix }, known)
    const after = [...all.filter((one) => one !== known), template]
    await credentialTemplates.save(template, this.sealed(template, password), {
      audit: {
        actor: principal.subject,
        action: known === undefined ? 'add-credential-template' : 'update-credential-template',
        object: `credential-template/${template.url}`,
      },
      doorbells: wakeInheriting(await repositories.list(), after, template.id),
    })
    return template
  }

  private templateOf(
    { username }: NewCredentialTemplate,
    place: { readonly url: string; readonly prefix: string },
    known: CredentialTemplate | undefined,
  ): CredentialTemplate {
    const { id, url, createdAt } = known ?? {
      id: this.deps.newId(),
      url: place.url,
      createdAt: new Date(this.deps.clock.now()).toISOString(),
    }
    return { id, url, prefix: place.prefix, createdAt, ...(username && { username }) }
  }

  private sealed({ id, username }: CredentialTemplate, password: string): Uint8Array {
    const plain = new TextEncoder().encode(JSON.stringify({ username: username ?? '', password }))
    const at = { table: 'credential_templates', row: id, column: 'credential' }
    return this.deps.vault.seal('git', at, plain)
  }
}

function checked(wish: NewCredentialTemplate) {
  const url = wish.url.trim()
  const reason = refuseRepositoryUrl(url) ?? refusePrefix(url)
  if (reason !== undefined) throw cannotAdd(reason)
  if (wish.password === undefined || wish.password === '') {
    throw cannotAdd('it has no password. Give the password or the token that repositories are read with.')
  }
  return { url, prefix: urlPrefix(url) ?? url, password: wish.password }
}

function refusePrefix(url: string): string | undefined {
  if (urlPrefix(url) !== undefined) return undefined
  return 'only http and https URLs take a user name and password. Use https://host/path, without "..", "?" and "#".'
}

function refuse(principal: Principal, action: 'create' | 'update', url: string): void {
  const refused = decide(principal, 'repositories', action, url)
  if (refused !== undefined)
    throw new AppError('FORBIDDEN', `Cannot add a credential template for "${url}": ${refused}`)
}

function refuseKnown(principal: Principal, { url }: CredentialTemplate, upsert: boolean): void {
  if (!upsert) {
    throw new AppError(
      'CONFLICT',
      `Cannot add a credential template for "${url}": there is one. To give it another credential, add it with upsert (--upsert).`,
    )
  }
  refuse(principal, 'update', url)
}

function cannotAdd(reason: string): AppError {
  return new AppError('BAD_USER_INPUT', `Cannot add the credential template: ${reason}`)
}
