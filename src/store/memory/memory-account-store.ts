import { AppError } from '../../base/app-error.js'
import { AccountStore } from '../directory-stores.js'
import type { CredentialRecord, MutationRecord, UserRecord } from '../records.js'
import type { Ledger } from './ledger.js'

export class MemoryAccountStore extends AccountStore {
  readonly #ledger: Ledger
  readonly #users = new Map<string, UserRecord>()
  readonly #credentials = new Map<string, CredentialRecord>()

  constructor(ledger: Ledger) {
    super()
    this.#ledger = ledger
  }

  override async createUser(user: UserRecord, record: MutationRecord): Promise<void> {
    if (this.#named(user.username) !== undefined) {
      throw new AppError('CONFLICT', 'A user with this name exists already.')
    }
    this.#users.set(user.id, user)
    this.#ledger.write(record)
  }

  override async setPassword(userId: string, passwordHash: string, record: MutationRecord): Promise<void> {
    const stored = this.#users.get(userId)
    if (stored === undefined) throw new AppError('NOT_FOUND', 'The user does not exist (any more).')
    this.#users.set(userId, { ...stored, passwordHash })
    this.#ledger.write(record)
  }

  override async userByName(username: string): Promise<UserRecord | undefined> {
    return this.#named(username)
  }

  override async createCredential(credential: CredentialRecord, record: MutationRecord): Promise<void> {
    if (!this.#users.has(credential.userId)) {
      throw new AppError('NOT_FOUND', 'The user does not exist (any more).')
    }
    this.#credentials.set(credential.id, credential)
    this.#ledger.write(record)
  }

  override async credentialByHash(
    tokenHash: string,
    now: string,
  ): Promise<{ readonly credential: CredentialRecord; readonly user: UserRecord } | undefined> {
    const credential = [...this.#credentials.values()].find((known) => known.tokenHash === tokenHash)
    if (credential === undefined || credential.revokedAt !== undefined) return undefined
    if (Date.parse(credential.expiresAt) <= Date.parse(now)) return undefined
    const user = this.#users.get(credential.userId)
    return user === undefined || user.disabled ? undefined : { credential, user }
  }

  override async revokeCredential(id: string, record: MutationRecord): Promise<void> {
    const stored = this.#credentials.get(id)
    if (stored !== undefined && stored.revokedAt === undefined) {
      this.#credentials.set(id, { ...stored, revokedAt: new Date().toISOString() })
    }
    this.#ledger.write(record)
  }
  #named(username: string): UserRecord | undefined {
    return [...this.#users.values()].find((user) => user.username === username)
  }
}
