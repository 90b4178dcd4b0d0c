import { AppError } from '../base/app-error.js'
import type { Principal } from '../engine/access/principal.js'
import type { AccountStore, CredentialRecord } from '../store/account-store.js'
import { isOwnAccount, type AccountRights } from './account-access.js'
import type { Authenticate } from './authenticate.js'
import type { ListCredentials } from './list-credentials.js'

export interface EndCredentialsDeps {
  readonly accounts: AccountStore
  readonly rights: AccountRights
  readonly list: ListCredentials
  readonly authenticate: Authenticate
}

export interface EndWish {
  /** Default: the caller's own account. */
  readonly account?: string | undefined
  readonly kind: CredentialRecord['kind']
  /** Id or name of one; absent = all, without the session that asks. */
  readonly credential?: string | undefined
}

/** Ends sessions or tokens of one's own account, or with `accounts, update` of another one. Answers how many ended. */
export class EndCredentials {
  private readonly deps: EndCredentialsDeps

  constructor(deps: EndCredentialsDeps) {
    this.deps = deps
  }

  async run(principal: Principal, { account, kind, credential }: EndWish): Promise<number> {
    const { accounts, rights, list, authenticate } = this.deps
    const username = account ?? principal.subject
    const what = `end a ${kind} of "${username}"`
    const living = await list.run(principal, username, kind)
    if (!isOwnAccount(principal, username)) await rights.require(principal, 'update', { username, what })
    const meant = living.filter(({ id, name }) =>
      credential === undefined ? id !== principal.credentialId : id === credential || name === credential,
    )
    if (credential !== undefined && meant.length === 0) {
      throw new AppError('NOT_FOUND', `Cannot ${what}: there is no living ${kind} "${credential}".`)
    }
    if (meant.length === 0) return 0
    const ended = await accounts.revoke(
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
    authenticate.forget()
    return ended
  }
}
