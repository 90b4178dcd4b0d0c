import { AppError } from '../base/app-error.js'
import type { Principal } from '../engine/access/principal.js'
import type { AccountStore } from '../store/account-store.js'
import { isOwnAccount, visibleAccount, type AccountRights } from './account-access.js'
import type { Authenticate } from './authenticate.js'
import type { CompleteLogin, LoginPlace, Session } from './complete-login.js'
import type { PasswordHasher } from './password-hasher.js'
import type { PasswordRule } from './password-rule.js'
import type { VerifyPassword } from './verify-password.js'
import { LOCAL_ISSUER } from './verified-identity.js'

export interface ChangePasswordDeps {
  readonly accounts: AccountStore
  readonly authenticate: Authenticate
  readonly rights: AccountRights
  readonly verify: VerifyPassword
  readonly hasher: PasswordHasher
  readonly rule: PasswordRule
  readonly completeLogin: CompleteLogin
}

export interface PasswordChange {
  /** Default: the caller's own account. */
  readonly account?: string | undefined
  /** Of the caller, whosever password is set. */
  readonly currentPassword: string
  readonly newPassword: string
}

/**
 * Sets the password of one's own account, or with `accounts, update` of another one. All sessions and tokens of that
 * account end; whoever changed their own gets a new session.
 */
export class ChangePassword {
  private readonly deps: ChangePasswordDeps

  constructor(deps: ChangePasswordDeps) {
    this.deps = deps
  }

  async run(principal: Principal, change: PasswordChange, place: LoginPlace): Promise<Session | undefined> {
    const { accounts, authenticate, rights, hasher, rule, completeLogin } = this.deps
    const username = change.account ?? principal.subject
    const what = `set the password of "${username}"`
    if (principal.kind !== 'user') {
      throw new AppError('FORBIDDEN', `Cannot ${what} with a token: sign in with your password first.`)
    }
    const user = await visibleAccount(accounts, principal, username)
    if (!isOwnAccount(principal, username)) await rights.require(principal, 'update', { username, what })
    await this.prove(principal, change.currentPassword, place)
    const reason = rule.refuse(change.newPassword, username)
    if (reason !== undefined) throw new AppError('BAD_USER_INPUT', `Cannot ${what}: ${reason}.`)
    await accounts.setPassword(user.id, await hasher.hash(change.newPassword), {
      audit: {
        actor: principal.subject,
        action: 'set-password',
        object: `account/${username}`,
        details: { source: place.source },
      },
      doorbells: [],
    })
    authenticate.forget()
    if (!isOwnAccount(principal, username)) return undefined
    const identity = { issuer: LOCAL_ISSUER, subject: user.id, username, groups: [] }
    return completeLogin.run(identity, place)
  }

  /** Wrong is an input that can be mended, not the end of the session. */
  private async prove({ subject }: Principal, password: string, { source }: LoginPlace): Promise<void> {
    try {
      await this.deps.verify.run({ username: subject, password, source })
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'UNAUTHENTICATED') throw error
      throw new AppError('BAD_USER_INPUT', 'Cannot set the password: your current password is wrong.')
    }
  }
}
