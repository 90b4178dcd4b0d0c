import type { Principal } from '../engine/access/principal.js'
import type { AccountStore, UserRecord } from '../store/account-store.js'
import { maySeeAccount, visibleAccount } from './account-access.js'

/** The accounts that the principal may see; always one's own. */
export class ReadAccounts {
  private readonly accounts: AccountStore

  constructor(accounts: AccountStore) {
    this.accounts = accounts
  }

  async list(principal: Principal): Promise<readonly UserRecord[]> {
    return (await this.accounts.users()).filter(({ username }) => maySeeAccount(principal, username))
  }

  get(principal: Principal, username: string): Promise<UserRecord> {
    return visibleAccount(this.accounts, principal, username)
  }
}
