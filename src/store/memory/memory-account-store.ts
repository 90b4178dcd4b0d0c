import { AppError } from '../../base/app-error.js'
import type { Project } from '../../engine/project/project.js'
import { roleNames } from '../../engine/project/role-names.js'
import {
  AccountStore,
  type CredentialFilter,
  type CredentialOwner,
  type CredentialRecord,
  type LiveCredential,
  type Liveness,
  type UserRecord,
} from '../account-store.js'
import type { MutationRecord } from '../records.js'
import type { Ledger } from './ledger.js'
import type { MemoryProjectStore } from './memory-directory-stores.js'

export class MemoryAccountStore extends AccountStore {
  readonly #ledger: Ledger
  readonly #projects: MemoryProjectStore
  readonly #users = new Map<string, UserRecord>()
  readonly #credentials = new Map<string, CredentialRecord>()

  constructor(ledger: Ledger, projects: MemoryProjectStore) {
    super()
    this.#ledger = ledger
    this.#projects = projects
    projects.onUpdate((project) => this.#endOfLostRoles(project))
  }

  override async createUser(user: UserRecord, record: MutationRecord): Promise<void> {
    if (this.#named(user.username) !== undefined) {
      throw new AppError('CONFLICT', 'A user with this name exists already.')
    }
    this.#users.set(user.id, user)
    this.#ledger.write(record)
  }

  override async updateUser(
    id: string,
    change: Partial<Pick<UserRecord, 'disabled' | 'capabilities'>>,
    record: MutationRecord,
  ): Promise<void> {
    this.#users.set(id, { ...this.#known(id), ...change })
    this.#end(({ userId, kind }) => change.disabled === true && userId === id && kind === 'session')
    this.#ledger.write(record)
  }

  override async removeUser(id: string, record: MutationRecord): Promise<void> {
    this.#known(id)
    this.#users.delete(id)
    this.#end((credential) => credential.userId === id)
    this.#ledger.write(record)
  }

  override async setPassword(userId: string, passwordHash: string, record: MutationRecord): Promise<void> {
    const passwordChangedAt = new Date().toISOString()
    const before = this.#known(userId)
    this.#users.set(userId, { ...before, passwordHash, passwordChangedAt })
    this.#end((credential) => credential.userId === userId && before.passwordHash !== undefined)
    this.#ledger.write(record)
  }

  override async replaceHash(userId: string, before: string, after: string): Promise<void> {
    const user = this.#users.get(userId)
    if (user?.passwordHash === before) this.#users.set(userId, { ...user, passwordHash: after })
  }

  override async userByName(username: string): Promise<UserRecord | undefined> {
    return this.#named(username)
  }

  override async users(): Promise<readonly UserRecord[]> {
    return [...this.#users.values()].sort((a, b) => (a.username < b.username ? -1 : 1))
  }

  override async createCredential(
    credential: CredentialRecord,
    record: MutationRecord,
    inPlaceOf?: string,
  ): Promise<void> {
    if (credential.userId !== undefined) this.#known(credential.userId)
    this.#end(({ id }) => id === inPlaceOf)
    this.#credentials.set(credential.id, credential)
    this.#ledger.write(record)
  }

  override async credentialByHash(
    tokenHash: string,
    liveness: Liveness,
  ): Promise<LiveCredential | undefined> {
    const credential = [...this.#credentials.values()].find((known) => known.tokenHash === tokenHash)
    if (credential === undefined || !isLive(credential, liveness)) return undefined
    const owner = await this.#ownerOf(credential)
    return owner && { credential, ...owner }
  }

  override async liveHashes(
    tokenHashes: readonly string[],
    liveness: Liveness,
  ): Promise<ReadonlySet<string>> {
    const found = await Promise.all(tokenHashes.map((hash) => this.credentialByHash(hash, liveness)))
    return new Set(found.flatMap((live) => (live === undefined ? [] : [live.credential.tokenHash])))
  }

  override async credentials(
    filter: CredentialFilter,
    liveness: Liveness,
  ): Promise<readonly CredentialRecord[]> {
    return [...this.#credentials.values()]
      .filter((credential) => isLive(credential, liveness) && isWanted(credential, filter))
      .sort((a, b) => (a.createdAt + a.id < b.createdAt + b.id ? 1 : -1))
  }

  override async touch(credentialId: string, at: string): Promise<void> {
    const known = this.#credentials.get(credentialId)
    if (known !== undefined && (known.lastUsedAt ?? '') < at) {
      this.#credentials.set(credentialId, { ...known, lastUsedAt: at })
    }
  }

  override async revoke(credentialIds: readonly string[], record: MutationRecord): Promise<number> {
    const ended = this.#end(({ id }) => credentialIds.includes(id))
    if (ended > 0) this.#ledger.write(record)
    return ended
  }

  async #ownerOf({ kind, userId, projectId, role }: CredentialRecord): Promise<CredentialOwner | undefined> {
    if (userId === undefined) {
      const project = (await this.#projects.list()).find(({ id }) => id === projectId)
      if (project === undefined || role === undefined) return undefined
      return roleNames(project.spec).includes(role) ? { project: project.name, role } : undefined
    }
    const user = this.#users.get(userId)
    const needed = kind === 'session' ? 'login' : 'apiKey'
    return user === undefined || user.disabled || !user.capabilities.includes(needed) ? undefined : { user }
  }

  #endOfLostRoles({ id, spec }: Project): void {
    const roles = roleNames(spec)
    this.#end(({ projectId, role = '' }) => projectId === id && !roles.includes(role))
  }

  /** What ended is forgotten: nobody can ask for it. */
  #end(isMeant: (credential: CredentialRecord) => boolean): number {
    const meant = [...this.#credentials.values()].filter(isMeant)
    for (const { id } of meant) this.#credentials.delete(id)
    return meant.length
  }

  #known(id: string): UserRecord {
    const user = this.#users.get(id)
    if (user === undefined) throw new AppError('NOT_FOUND', 'The user does not exist (any more).')
    return user
  }

  #named(username: string): UserRecord | undefined {
    return [...this.#users.values()].find((user) => user.username === username)
  }
}

function isLive(credential: CredentialRecord, { now, idleSince }: Liveness): boolean {
  if (Date.parse(credential.expiresAt) <= Date.parse(now)) return false
  const used = credential.lastUsedAt ?? credential.createdAt
  return credential.kind === 'token' || Date.parse(used) > Date.parse(idleSince)
}

function isWanted(
  credential: CredentialRecord,
  { kind, userId, projectId, role }: CredentialFilter,
): boolean {
  return (
    credential.kind === kind &&
    (userId === undefined || credential.userId === userId) &&
    (projectId === undefined || credential.projectId === projectId) &&
    (role === undefined || credential.role === role)
  )
}
