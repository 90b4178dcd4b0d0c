import { AppError } from '../base/app-error.js'
import { NotVisible } from '../base/not-visible.js'
import { decide } from '../engine/access/decide.js'
import { exceeds } from '../engine/access/exceeds.js'
import type { AccessAction, Grants, Principal } from '../engine/access/principal.js'
import type { AccountStore, UserRecord } from '../store/account-store.js'

/** One's own account may be read without a permission; a role of a project has none, and a token with scopes is held to them. */
export function maySeeAccount(principal: Principal, username: string): boolean {
  return isOwnAccount(principal, username) || decide(principal, 'accounts', 'get', username) === undefined
}

export function isOwnAccount(principal: Principal, username: string): boolean {
  return principal.kind !== 'system' && principal.limit === undefined && principal.subject === username
}

/** The account, when the principal may see it. An account that is hidden looks like one that does not exist. */
export async function visibleAccount(
  accounts: AccountStore,
  principal: Principal,
  username: string,
): Promise<UserRecord> {
  const user = await accounts.userByName(username)
  const absent = `Account "${username}" does not exist.`
  if (user === undefined) throw new AppError('NOT_FOUND', absent)
  if (!maySeeAccount(principal, username)) throw new NotVisible(absent)
  return user
}

/** Which account an action is about. `what` goes on after "Cannot", e.g. `disable account "ci"`. */
export interface AccountWish {
  readonly username: string
  readonly what: string
}

/**
 * The right to act on the account of somebody else. Whoever sets a password, makes a token or an account of that name can
 * be that person, so he must be permitted all that the account is: the right on accounts is no way to more than that.
 */
export class AccountRights {
  private readonly grantsOf: (username: string) => Promise<Grants>

  /** `grantsOf`: what an account of this name may do today, whether it exists or not. */
  constructor(grantsOf: (username: string) => Promise<Grants>) {
    this.grantsOf = grantsOf
  }

  /** Throws FORBIDDEN. */
  async require(principal: Principal, action: AccessAction, { username, what }: AccountWish): Promise<void> {
    const refused = decide(principal, 'accounts', action, username)
    if (refused !== undefined) throw new AppError('FORBIDDEN', `Cannot ${what}: ${refused}`)
    if (principal.kind === 'system' || isOwnAccount(principal, username)) return
    const theirs = await this.grantsOf(username)
    const more = exceeds(principal.grants, theirs) ?? (principal.limit && exceeds(principal.limit, theirs))
    if (more === undefined) return
    throw new AppError(
      'FORBIDDEN',
      `Cannot ${what}: ${more}. Ask somebody who may do all that this account may.`,
    )
  }
}
