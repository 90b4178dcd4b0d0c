import { AppError } from '../base/app-error.js'
import type { Clock, NewId } from '../base/clock.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { ProjectStore, RepositoryStore } from '../store/directory-stores.js'
import { normalizedUrl } from '../store/normalized-url.js'
import type { RepositoryRecord } from '../store/records.js'
import type { Vault } from '../vault/vault.js'
import type { ConnectionCheck } from './connection-check.js'
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
}

/** Connects a repository: asks it first, then stores the credential sealed. */
export class AddRepository {
  private readonly deps: AddRepositoryDeps

  constructor(deps: AddRepositoryDeps) {
    this.deps = deps
  }

  async run(principal: Principal, wish: NewRepository): Promise<RepositoryRecord> {
    const { repositories, clock, newId } = this.deps
    await this.refuse(principal, wish)
    const checkedAt = new Date(clock.now()).toISOString()
    const record: RepositoryRecord = {
      id: newId(),
      url: wish.url.trim(),
      normalizedUrl: normalizedUrl(wish.url),
      ...(wish.name && { name: wish.name }),
      ...(wish.project && { project: wish.project }),
      ...(wish.username && { username: wish.username }),
      hasPassword: wish.password !== undefined && wish.password !== '',
      insecureTls: wish.insecureTls === true,
      createdAt: checkedAt,
      connection: { status: 'Unknown', message: 'not checked yet' },
    }
    const connected =
      wish.skipCheck === true ? record : await this.connected(record, wish.password, checkedAt)
    await repositories.create(connected, this.sealed(connected, wish.password), {
      audit: {
        actor: principal.subject,
        action: 'add-repository',
        object: `repository/${connected.url}`,
        ...(wish.project && { project: wish.project }),
      },
      doorbells: [{ kind: 'repository', id: connected.id }],
    })
    return connected
  }

  private async refuse(principal: Principal, wish: NewRepository): Promise<void> {
    const reason = refuseRepositoryUrl(wish.url)
    if (reason !== undefined) throw new AppError('BAD_USER_INPUT', `Cannot add the repository: ${reason}`)
    const object = wish.project === undefined ? wish.url : `${wish.project}/${wish.url}`
    const refused = decide(principal, 'repositories', 'create', object)
    if (refused !== undefined)
      throw new AppError('FORBIDDEN', `Cannot add repository "${wish.url}": ${refused}`)
    if (wish.project !== undefined && (await this.deps.projects.byName(wish.project)) === undefined) {
      throw new AppError(
        'BAD_USER_INPUT',
        `Cannot add the repository: project "${wish.project}" does not exist.`,
      )
    }
    if ((await this.deps.repositories.byUrl(normalizedUrl(wish.url))) !== undefined) {
      throw new AppError(
        'CONFLICT',
        `Cannot add repository "${wish.url}": it is connected already. To give it another credential, remove it and add it again.`,
      )
    }
  }

  private async connected(
    record: RepositoryRecord,
    password: string | undefined,
    checkedAt: string,
  ): Promise<RepositoryRecord> {
    await this.deps.check.check({
      repositoryId: record.id,
      url: record.url,
      ...(record.username !== undefined && { username: record.username }),
      ...(password !== undefined && { password }),
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
