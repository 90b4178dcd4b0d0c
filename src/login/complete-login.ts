import { AppError } from '../base/app-error.js'
import type { Clock, NewId } from '../base/clock.js'
import type { AccountStore } from '../store/directory-stores.js'
import { hashToken, newSecretToken, SESSION_PREFIX } from './secret-token.js'
import { LOCAL_ISSUER, type VerifiedIdentity } from './verified-identity.js'

/** A session as its owner gets it, once. Only the hash of `token` is stored. */
export interface Session {
  readonly token: string
  readonly username: string
  readonly expiresAt: string
}

export interface CompleteLoginDeps {
  readonly accounts: AccountStore
  readonly clock: Clock
  readonly newId: NewId
  readonly sessionHours: number
}

/** Turns a proven identity into a session; every login technology ends here. */
export class CompleteLogin {
  private readonly deps: CompleteLoginDeps

  constructor(deps: CompleteLoginDeps) {
    this.deps = deps
  }

  async run(identity: VerifiedIdentity): Promise<Session> {
    const { accounts, clock, newId, sessionHours } = this.deps
    if (identity.issuer !== LOCAL_ISSUER) {
      throw new AppError(
        'UNAUTHENTICATED',
        `Cannot sign in: the issuer "${identity.issuer}" is not configured.`,
      )
    }
    const user = await accounts.userByName(identity.username)
    if (user === undefined || user.disabled) {
      throw new AppError('UNAUTHENTICATED', 'Cannot sign in: the account does not exist or is disabled.')
    }
    const token = newSecretToken(SESSION_PREFIX)
    const now = clock.now()
    const expiresAt = new Date(now + sessionHours * 3_600_000).toISOString()
    await accounts.createCredential(
      {
        id: newId(),
        kind: 'session',
        userId: user.id,
        tokenHash: hashToken(token),
        createdAt: new Date(now).toISOString(),
        expiresAt,
      },
      {
        audit: { actor: user.username, action: 'log-in', object: `account/${user.username}` },
        doorbells: [],
      },
    )
    return { token, username: user.username, expiresAt }
  }
}
