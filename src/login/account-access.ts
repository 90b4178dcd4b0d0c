import { AppError } from '../base/app-error.js'
import { NotVisible } from '../base/not-visible.js'
import { decide } from '../engine/access/decide.js'
import type { AccessAction, Principal } from '../engine/access/principal.js'
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

/** Throws FORBIDDEN. `what` goes on after "Cannot", e.g. `disable account "ci"`. */
export function requireAccountAction(
  principal: Principal,
  action: AccessAction,
  { username, what }: { readonly username: string; readonly what: string },
): void {
  const refused = decide(principal, 'accounts', action, username)
  if (refused !== undefined) throw new AppError('FORBIDDEN', `Cannot ${what}: ${refused}`)
}
