import { AppError } from '../base/app-error.js'
import type { Principal } from '../engine/access/principal.js'
import type { AccountStore, CredentialRecord } from '../store/account-store.js'
import { isOwnAccount, requireAccountAction } from './account-access.js'
import type { Authenticate } from './authenticate.js'
import type { ListCredentials } from './list-credentials.js'

export interface EndWish {
  /** Default: the caller's own account. */
  readonly account?: string | undefined
  readonly kind: CredentialRecord['kind']
  /** Id or name of one; absent = all, without the session that asks. */
  readonly credential?: string | undefined
}

/** Ends sessions or tokens of one's own account, or with `accounts, update` of another one. Answers how many ended. */
export class EndCredentials {
  private readonly accounts: AccountStore
  private readonly list: ListCredentials
  private readonly authenticate: Authenticate

  constructor(accounts: AccountStore, list: ListCredentials, authenticate: Authenticate) {
    this.accounts = accounts
    this.list = list
    this.authenticate = authenticate
  }

  async run(principal: Principal, { account, kind, credential }: EndWish): Promise<number> {
    const username = account ?? principal.subject
    const what = `end a ${kind} of "${username}"`
    const living = await this.list.run(principal, username, kind)
    if (!isOwnAccount(principal, username)) requireAccountAction(principal, 'update', { username, what })
    const meant = living.filter(({ id, name }) =>
      credential === undefined ? id !== principal.credentialId : id === credential || name === credential,
    )
    if (credential !== undefined && meant.length === 0) {
      throw new AppError('NOT_FOUND', `Cannot ${what}: there is no living ${kind} "${credential}".`)
    }
    if (meant.length === 0) return 0
    const ended = await this.accounts.revoke(
      meant.map(({ id }) => id),
      {
        audit: {
          actor: principal.subject,
          action: kind === 'token' ? 'delete-token' : 'end-session',
          object: `account/${username}`,
          details: { names: meant.map(({ id, name }) => name ?? id) },
        },
        doorbells: [],
      },
    )
    this.authenticate.forget()
    return ended
  }
}
