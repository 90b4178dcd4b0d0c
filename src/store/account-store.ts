import type { MutationRecord } from './records.js'

/** What an account may be used for: signing in with its password, API tokens, or both. */
export type Capability = 'login' | 'apiKey'

export interface UserRecord {
  readonly id: string
  readonly username: string
  readonly passwordHash?: string
  readonly passwordChangedAt?: string
  readonly disabled: boolean
  readonly capabilities: readonly Capability[]
  readonly createdAt: string
}

/** A session or an API token; only hashes are stored. It belongs to an account, or to a role of a project. */
export interface CredentialRecord {
  readonly id: string
  readonly kind: 'session' | 'token'
  readonly userId?: string
  readonly projectId?: string
  readonly role?: string
  readonly tokenHash: string
  readonly name?: string
  /** What it may at most: `resource, action, object` each, never empty. Absent = all that its owner may. */
  readonly scopes?: readonly string[]
  readonly createdAt: string
  readonly expiresAt: string
  /** To the minute. */
  readonly lastUsedAt?: string
  /** From where it was made, and with which program. */
  readonly address?: string
  readonly agent?: string
}

/** Who a live credential speaks for: an account, or a role of a project. */
export type CredentialOwner =
  { readonly user: UserRecord } | { readonly project: string; readonly role: string }

export type LiveCredential = CredentialOwner & { readonly credential: CredentialRecord }

/** A credential is dead when it expired at `now`, and a session also when it was not used since `idleSince`. */
export interface Liveness {
  readonly now: string
  readonly idleSince: string
}

export interface CredentialFilter {
  readonly kind: CredentialRecord['kind']
  /** Either an account … */
  readonly userId?: string
  /** … or a project, and all of its roles or one. */
  readonly projectId?: string
  readonly role?: string
}

/**
 * Accounts with their sessions and tokens. Every way to end a credential is here, in the transaction of what ended it:
 * a new password, disabling, a lost capability, removal of the account, of the project or of the role.
 */
export abstract class AccountStore {
  abstract createUser(user: UserRecord, record: MutationRecord): Promise<void>
  /** Disabling ends its sessions for good, and its tokens until it is enabled. NOT_FOUND when it is gone. */
  abstract updateUser(
    id: string,
    change: Partial<Pick<UserRecord, 'disabled' | 'capabilities'>>,
    record: MutationRecord,
  ): Promise<void>
  /** With everything that belongs to it. NOT_FOUND when it is gone. */
  abstract removeUser(id: string, record: MutationRecord): Promise<void>
  /**
   * Ends all sessions and tokens of the account, too, unless it had no password: whoever knew the old one may have made
   * them. NOT_FOUND when it is gone.
   */
  abstract setPassword(userId: string, passwordHash: string, record: MutationRecord): Promise<void>
  /** The same password in another form, only while the hash is still `before`. Ends nothing. */
  abstract replaceHash(userId: string, before: string, after: string): Promise<void>
  abstract userByName(username: string): Promise<UserRecord | undefined>
  /** In the order of their names. */
  abstract users(): Promise<readonly UserRecord[]>
  /** With `inPlaceOf`, that one ends in the same transaction. */
  abstract createCredential(
    credential: CredentialRecord,
    record: MutationRecord,
    inPlaceOf?: string,
  ): Promise<void>
  /** Undefined when it is dead, its account is disabled or lacks the capability, or its project or role is gone. */
  abstract credentialByHash(tokenHash: string, liveness: Liveness): Promise<LiveCredential | undefined>
  /** Those of the hashes whose credential `credentialByHash` would answer. */
  abstract liveHashes(tokenHashes: readonly string[], liveness: Liveness): Promise<ReadonlySet<string>>
  /** The live ones, newest first. */
  abstract credentials(filter: CredentialFilter, liveness: Liveness): Promise<readonly CredentialRecord[]>
  /** Notes the last use; never earlier than what is noted. */
  abstract touch(credentialId: string, at: string): Promise<void>
  /** Ends credentials; answers how many were not ended before. */
  abstract revoke(credentialIds: readonly string[], record: MutationRecord): Promise<number>
}
