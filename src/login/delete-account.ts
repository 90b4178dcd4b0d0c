import { AppError } from '../base/app-error.js'
import type { Principal } from '../engine/access/principal.js'
import type { UserRecord } from '../store/account-store.js'
import { isOwnAccount, visibleAccount } from './account-access.js'
import type { ChangeAccountDeps } from './change-account.js'
import { requireRecentPassword } from './require-recent-password.js'
import { ADMIN_USERNAME } from './verified-identity.js'

/** Deletes a local account with its sessions and tokens. What it did stays in the audit trail. */
export class DeleteAccount {
  private readonly deps: ChangeAccountDeps

  constructor(deps: ChangeAccountDeps) {
    this.deps = deps
  }

  async run(principal: Principal, username: string): Promise<UserRecord> {
    const { accounts, authenticate, rights, clock } = this.deps
    const user = await visibleAccount(accounts, principal, username)
    const what = `delete account "${username}"`
    await rights.require(principal, 'delete', { username, what })
    requireRecentPassword(principal, clock, what)
    if (isOwnAccount(principal, username)) {
      throw new AppError('BAD_USER_INPUT', `Cannot ${what}: it is your own; ask another administrator.`)
    }
    if (username === ADMIN_USERNAME) {
      throw new AppError('BAD_USER_INPUT', `Cannot ${what}: it always exists. Disable it instead.`)
    }
    await accounts.removeUser(user.id, {
      audit: { actor: principal.subject, action: 'delete-account', object: `account/${username}` },
      doorbells: [],
    })
    authenticate.forget()
    return user
  }
}
