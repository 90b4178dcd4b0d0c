import type { Principal } from '../engine/access/principal.js'
import type { AccountStore } from '../store/account-store.js'
import type { Authenticate } from './authenticate.js'

/** Ends the session or token that the caller came with. */
export class LogOut {
  private readonly accounts: AccountStore
  private readonly authenticate: Authenticate

  constructor(accounts: AccountStore, authenticate: Authenticate) {
    this.accounts = accounts
    this.authenticate = authenticate
  }

  async run(principal: Principal): Promise<void> {
    if (principal.credentialId === undefined) return
    await this.accounts.revoke([principal.credentialId], {
      audit: { actor: principal.subject, action: 'log-out', object: `account/${principal.subject}` },
      doorbells: [],
    })
    this.authenticate.forget()
  }
}
