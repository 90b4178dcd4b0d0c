import { AppError } from '../base/app-error.js'
import type { Clock, NewId } from '../base/clock.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { ProjectStore, RepositoryStore } from '../store/directory-stores.js'
import { normalizedUrl } from '../store/normalized-url.js'
import type { RepositoryRecord } from '../store/records.js'
import type { Vault } from '../vault/vault.js'
import type { ConnectionCheck } from './connection-check.js'
import { repositoryObject } from './list-repositories.js'
import { refuseRepositoryUrl } from './refuse-repository-url.js'

export interface AddRepositoryDeps {
  readonly repositories: RepositoryStore
  readonly projects: ProjectStore
  readonly vault: Vault
  readonly check: ConnectionCheck
  readonly clock: Clock
  readonly newId: NewId
}

export interface NewRepository {
  readonly url: string
  readonly name?: string
  readonly project?: string
  readonly username?: string
  readonly password?: string
  readonly insecureTls?: boolean
  /** Save even when the repository does not answer now. */
  readonly skipCheck?: boolean
  /** One that is connected already becomes what is said here, its credential too, instead of a refusal. */
  readonly upsert?: boolean
}

/** Connects a repository: asks it first, then stores the credential sealed. */
export class AddRepository {
  private readonly deps: AddRepositoryDeps

  constructor(deps: AddRepositoryDeps) {
    this.deps = deps
  }

  /** BAD_USER_INPUT, FORBIDDEN, CONFLICT; UPSTREAM_GIT or TIMEOUT when it does not answer. */
  async run(principal: Principal, wish: NewRepository): Promise<RepositoryRecord> {
    const known = await this.refuse(principal, wish)
    const record = await this.connected(this.recordOf(wish, known), wish)
    const sealed = this.sealed(record, wish.password)
    const { repositories } = this.deps
    const written = {
      audit: {
        actor: principal.subject,
        action: known === undefined ? 'add-repository' : 'update-repository',
        object: `repository/${record.url}`,
        ...(record.project && { project: record.project }),
      },
      doorbells: [{ kind: 'repository' as const, id: record.id }],
    }
    if (known === undefined) await repositories.create(record, sealed, written)
    else await repositories.update(record, sealed, written)
    return record
  }

  /** Everything that can be said before the repository is asked; answers the one that is connected already. */
  private async refuse(principal: Principal, wish: NewRepository): Promise<RepositoryRecord | undefined> {
    const reason = refuseRepositoryUrl(wish.url)
    if (reason !== undefined) throw new AppError('BAD_USER_INPUT', `Cannot add the repository: ${reason}`)
    refuse(principal, 'create', { url: wish.url.trim(), ...(wish.project && { project: wish.project }) })
    if (wish.project && (await this.deps.projects.byName(wish.project)) === undefined) {
      throw new AppError(
        'BAD_USER_INPUT',
        `Cannot add the repository: project "${wish.project}" does not exist.`,
      )
    }
    const known = await this.deps.repositories.byUrl(normalizedUrl(wish.url))
    if (known === undefined) return undefined
    if (wish.upsert !== true) {
      throw new AppError(
        'CONFLICT',
        `Cannot add repository "${wish.url}": it is connected already. To give it another credential, add it again with upsert (--upsert).`,
      )
    }
    refuse(principal, 'update', known)
    return known
  }

  private recordOf(wish: NewRepository, known: RepositoryRecord | undefined): RepositoryRecord {
    const { id, url, createdAt } = known ?? {
      id: this.deps.newId(),
      url: wish.url.trim(),
      createdAt: new Date(this.deps.clock.now()).toISOString(),
    }
    return {
      id,
      url,
      normalizedUrl: normalizedUrl(wish.url),
      ...(wish.name && { name: wish.name }),
      ...(wish.project && { project: wish.project }),
      ...(wish.username && { username: wish.username }),
      hasPassword: wish.password !== undefined && wish.password !== '',
      insecureTls: wish.insecureTls === true,
      createdAt,
      connection: { status: 'Unknown', message: 'not checked yet' },
    }
  }

  private async connected(record: RepositoryRecord, wish: NewRepository): Promise<RepositoryRecord> {
    if (wish.skipCheck === true) return record
    const { check, clock } = this.deps
    const checkedAt = new Date(clock.now()).toISOString()
    await check.check({
      repositoryId: record.id,
      url: record.url,
      ...(record.username !== undefined && { username: record.username }),
      ...(record.hasPassword && wish.password !== undefined && { password: wish.password }),
      ...(record.insecureTls && { insecureTls: true }),
    })
    return { ...record, connection: { status: 'Successful', message: '', checkedAt } }
  }

  private sealed(record: RepositoryRecord, password: string | undefined): Uint8Array | undefined {
    if (!record.hasPassword) return undefined
    const plain = new TextEncoder().encode(JSON.stringify({ username: record.username ?? '', password }))
    return this.deps.vault.seal('git', { table: 'repositories', row: record.id, column: 'credential' }, plain)
  }
}

function refuse(
  principal: Principal,
  action: 'create' | 'update',
  repository: { readonly url: string; readonly project?: string },
): void {
  const refused = decide(principal, 'repositories', action, repositoryObject(repository))
  if (refused !== undefined)
    throw new AppError('FORBIDDEN', `Cannot add repository "${repository.url}": ${refused}`)
}
