import { AppError } from '../base/app-error.js'
import type { Clock, NewId } from '../base/clock.js'
import type { Principal } from '../engine/access/principal.js'
import type { AccountStore } from '../store/account-store.js'
import { isOwnAccount, requireAccountAction, visibleAccount } from './account-access.js'
import { requireRecentPassword } from './require-recent-password.js'
import { livenessAt, type SessionLimits } from './session-limits.js'
import { checkTokenWish, makeToken, type ApiToken, type TokenWish } from './token-wish.js'

export interface CreateTokenDeps {
  readonly accounts: AccountStore
  readonly clock: Clock
  readonly newId: NewId
  readonly limits: SessionLimits
}

/**
 * Makes a token for the caller's own account, or with `accounts, update` for another one; the account needs the capability
 * `apiKey`. A token cannot make tokens: it would outlive its own end.
 */
export class CreateApiToken {
  private readonly deps: CreateTokenDeps

  constructor(deps: CreateTokenDeps) {
    this.deps = deps
  }

  async run(principal: Principal, account: string | undefined, wish: TokenWish): Promise<ApiToken> {
    const { accounts, clock, newId, limits } = this.deps
    const username = account ?? principal.subject
    const what = `create a token of "${username}"`
    requireRecentPassword(principal, clock, what)
    const user = await visibleAccount(accounts, principal, username)
    if (!isOwnAccount(principal, username)) requireAccountAction(principal, 'update', { username, what })
    if (!user.capabilities.includes('apiKey')) {
      throw new AppError('BAD_USER_INPUT', `Cannot ${what}: the account lacks the capability "apiKey".`)
    }
    checkTokenWish(
      wish,
      await accounts.credentials({ kind: 'token', userId: user.id }, livenessAt(clock, limits)),
    )
    const { token, stored } = makeToken(wish, { id: newId(), now: clock.now() })
    await accounts.createCredential(
      { ...stored, userId: user.id },
      {
        audit: {
          actor: principal.subject,
          action: 'create-token',
          object: `account/${username}`,
          details: { name: token.name, expiresAt: token.expiresAt },
        },
        doorbells: [],
      },
    )
    return token
  }
}
