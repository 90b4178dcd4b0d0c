import { AppError } from '../base/app-error.js'
import type { Clock } from '../base/clock.js'
import type { Principal } from '../engine/access/principal.js'
import type { AccountStore, Capability, UserRecord } from '../store/account-store.js'
import { isOwnAccount, visibleAccount, type AccountRights } from './account-access.js'
import type { Authenticate } from './authenticate.js'
import { requireRecentPassword } from './require-recent-password.js'

export interface ChangeAccountDeps {
  readonly accounts: AccountStore
  readonly authenticate: Authenticate
  readonly rights: AccountRights
  readonly clock: Clock
}

export interface AccountChange {
  readonly enabled?: boolean | undefined
  readonly capabilities?: readonly Capability[] | undefined
}

/** Enables, disables, or changes what an account may be used for. What that ends is dead everywhere within seconds. */
export class ChangeAccount {
  private readonly deps: ChangeAccountDeps

  constructor(deps: ChangeAccountDeps) {
    this.deps = deps
  }

  async run(principal: Principal, username: string, change: AccountChange): Promise<UserRecord> {
    const { accounts, authenticate, rights, clock } = this.deps
    const user = await visibleAccount(accounts, principal, username)
    const what = `change account "${username}"`
    await rights.require(principal, 'update', { username, what })
    requireRecentPassword(principal, clock, what)
    const reason = refuse(change, isOwnAccount(principal, username))
    if (reason !== undefined) throw new AppError('BAD_USER_INPUT', `Cannot ${what}: ${reason}.`)
    const { enabled, capabilities } = change
    const made = {
      ...(enabled !== undefined && { disabled: !enabled }),
      ...(capabilities !== undefined && { capabilities: [...new Set(capabilities)] }),
    }
    await accounts.updateUser(user.id, made, {
      audit: {
        actor: principal.subject,
        action: enabled === undefined ? 'change-account' : enabled ? 'enable-account' : 'disable-account',
        object: `account/${username}`,
        details: made,
      },
      doorbells: [],
    })
    authenticate.forget()
    return { ...user, ...made }
  }
}

function refuse({ enabled, capabilities }: AccountChange, isOwn: boolean): string | undefined {
  if (enabled === undefined && capabilities === undefined) return 'say what to change'
  if (capabilities?.length === 0) return 'it needs the capability login, apiKey, or both; disable it instead'
  const locksOut = enabled === false || capabilities?.includes('login') === false
  return isOwn && locksOut ? 'you would lock yourself out; ask another administrator' : undefined
}
