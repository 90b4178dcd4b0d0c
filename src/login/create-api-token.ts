import { AppError } from '../base/app-error.js'
import type { Clock, NewId } from '../base/clock.js'
import type { Principal } from '../engine/access/principal.js'
import type { AccountStore } from '../store/directory-stores.js'
import { API_TOKEN_PREFIX, hashToken, newSecretToken } from './secret-token.js'

export interface CreateApiTokenDeps {
  readonly accounts: AccountStore
  readonly clock: Clock
  readonly newId: NewId
}

/** Shown once; afterwards only its hash exists. */
export interface ApiToken {
  readonly id: string
  readonly name: string
  readonly token: string
  readonly expiresAt: string
}

const MAX_DAYS = 366
const MAX_NAME_LENGTH = 64

/** Makes a token for the caller's own account. A token cannot make tokens: it would outlive its own end. */
export class CreateApiToken {
  private readonly deps: CreateApiTokenDeps

  constructor(deps: CreateApiTokenDeps) {
    this.deps = deps
  }

  async run(principal: Principal, wish: { readonly name: string; readonly days: number }): Promise<ApiToken> {
    const { accounts, clock, newId } = this.deps
    if (principal.kind !== 'user') {
      throw new AppError('FORBIDDEN', 'Cannot create a token with a token: sign in with your password first.')
    }
    const reason = refuse(wish)
    if (reason !== undefined) throw new AppError('BAD_USER_INPUT', `Cannot create the token: ${reason}.`)
    const user = await accounts.userByName(principal.subject)
    if (user === undefined) throw new AppError('NOT_FOUND', `Account "${principal.subject}" does not exist.`)
    const token = newSecretToken(API_TOKEN_PREFIX)
    const now = clock.now()
    const made = {
      id: newId(),
      name: wish.name,
      expiresAt: new Date(now + wish.days * 86_400_000).toISOString(),
    }
    await accounts.createCredential(
      {
        ...made,
        kind: 'token',
        userId: user.id,
        tokenHash: hashToken(token),
        createdAt: new Date(now).toISOString(),
      },
      {
        audit: {
          actor: principal.subject,
          action: 'create-token',
          object: `account/${principal.subject}`,
          details: { name: wish.name, expiresAt: made.expiresAt },
        },
        doorbells: [],
      },
    )
    return { ...made, token }
  }
}

function refuse(wish: { readonly name: string; readonly days: number }): string | undefined {
  if (wish.name.length === 0 || wish.name.length > MAX_NAME_LENGTH) {
    return `the name needs 1 to ${MAX_NAME_LENGTH} characters`
  }
  if (!Number.isInteger(wish.days) || wish.days < 1 || wish.days > MAX_DAYS) {
    return `it must expire in 1 to ${MAX_DAYS} days`
  }
  return undefined
}
