import { AppError } from '../base/app-error.js'
import type { Clock, NewId } from '../base/clock.js'
import type { AccountStore } from '../store/account-store.js'
import { hashToken, newSecretToken, SESSION_PREFIX } from './secret-token.js'
import type { SessionLimits } from './session-limits.js'
import { LOCAL_ISSUER, type VerifiedIdentity } from './verified-identity.js'

/** A session as its owner gets it, once. Only the hash of `token` is stored. */
export interface Session {
  readonly token: string
  readonly username: string
  readonly expiresAt: string
}

/** From where somebody signs in, for the list of sessions and the audit trail. */
export interface LoginPlace {
  /** Address of the caller. */
  readonly source: string
  /** What the program calls itself. */
  readonly agent: string
}

export interface CompleteLoginDeps {
  readonly accounts: AccountStore
  readonly clock: Clock
  readonly newId: NewId
  readonly limits: SessionLimits
}

const MAX_AGENT_LENGTH = 200

/** Turns a proven identity into a session; every login technology ends here. */
export class CompleteLogin {
  private readonly deps: CompleteLoginDeps

  constructor(deps: CompleteLoginDeps) {
    this.deps = deps
  }

  /** `inPlaceOf`: the session (its id) that ends with this login, so that a proven password never lifts an old token. */
  async run(identity: VerifiedIdentity, place: LoginPlace, inPlaceOf?: string): Promise<Session> {
    const { accounts, clock, newId, limits } = this.deps
    if (identity.issuer !== LOCAL_ISSUER) {
      throw new AppError(
        'UNAUTHENTICATED',
        `Cannot sign in: the issuer "${identity.issuer}" is not configured.`,
      )
    }
    const user = await accounts.userByName(identity.username)
    if (user === undefined || user.disabled || !user.capabilities.includes('login')) {
      throw new AppError('UNAUTHENTICATED', 'Cannot sign in: the account does not exist or is disabled.')
    }
    const token = newSecretToken(SESSION_PREFIX)
    const now = clock.now()
    const expiresAt = new Date(now + limits.hours * 3_600_000).toISOString()
    const { username } = user
    await accounts.createCredential(
      {
        id: newId(),
        kind: 'session',
        userId: user.id,
        tokenHash: hashToken(token),
        createdAt: new Date(now).toISOString(),
        expiresAt,
        address: place.source,
        agent: printable(place.agent),
      },
      {
        audit: {
          actor: username,
          action: inPlaceOf === undefined ? 'log-in' : 'confirm-password',
          object: `account/${username}`,
          details: { source: place.source },
        },
        doorbells: [],
      },
      inPlaceOf,
    )
    return { token, username, expiresAt }
  }
}

function printable(agent: string): string {
  return agent.replace(/[^\x20-\x7e]+/g, ' ').slice(0, MAX_AGENT_LENGTH)
}
