import type { Clock } from '../base/clock.js'
import type { Principal } from '../engine/access/principal.js'
import type { AccountStore, CredentialRecord } from '../store/account-store.js'
import { visibleAccount } from './account-access.js'
import { livenessAt, type SessionLimits } from './session-limits.js'

/** The living sessions or tokens of an account, newest first, for whoever may see the account. */
export class ListCredentials {
  private readonly accounts: AccountStore
  private readonly clock: Clock
  private readonly limits: SessionLimits

  constructor(accounts: AccountStore, clock: Clock, limits: SessionLimits) {
    this.accounts = accounts
    this.clock = clock
    this.limits = limits
  }

  async run(
    principal: Principal,
    username: string,
    kind: CredentialRecord['kind'],
  ): Promise<readonly CredentialRecord[]> {
    const { id } = await visibleAccount(this.accounts, principal, username)
    return this.accounts.credentials({ kind, userId: id }, livenessAt(this.clock, this.limits))
  }
}
