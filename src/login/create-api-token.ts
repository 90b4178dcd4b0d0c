import { AppError } from '../base/app-error.js'
import type { Clock, NewId } from '../base/clock.js'
import type { Principal } from '../engine/access/principal.js'
import type { AccountStore } from '../store/account-store.js'
import { isOwnAccount, visibleAccount, type AccountRights } from './account-access.js'
import { requireRecentPassword } from './require-recent-password.js'
import { livenessAt, type SessionLimits } from './session-limits.js'
import { checkTokenWish, makeToken, tokenDetails, type ApiToken, type TokenWish } from './token-wish.js'

export interface CreateTokenDeps {
  readonly accounts: AccountStore
  readonly clock: Clock
  readonly newId: NewId
  readonly limits: SessionLimits
}

export interface ApiTokenDeps extends CreateTokenDeps {
  readonly rights: AccountRights
}

/**
 * Makes a token for the caller's own account, or with `accounts, update` for another one; the account needs the capability
 * `apiKey`. A token cannot make tokens: it would outlive its own end.
 */
export class CreateApiToken {
  private readonly deps: ApiTokenDeps

  constructor(deps: ApiTokenDeps) {
    this.deps = deps
  }

  async run(principal: Principal, account: string | undefined, wish: TokenWish): Promise<ApiToken> {
    const { accounts, rights, clock, newId, limits } = this.deps
    const username = account ?? principal.subject
    const what = `create a token of "${username}"`
    requireRecentPassword(principal, clock, what)
    const user = await visibleAccount(accounts, principal, username)
    if (!isOwnAccount(principal, username)) await rights.require(principal, 'update', { username, what })
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
          details: tokenDetails(token),
        },
        doorbells: [],
      },
    )
    return token
  }
}
