import { AppError } from '../base/app-error.js'
import type { AccountStore, AuditStore } from '../store/directory-stores.js'
import type { CompleteLogin, Session } from './complete-login.js'
import type { LoginLimiter } from './login-limiter.js'
import { MAX_PASSWORD_LENGTH } from './password-rule.js'
import type { PasswordHasher } from './password-hasher.js'
import { LOCAL_ISSUER } from './verified-identity.js'

export interface LogInWithPasswordDeps {
  readonly accounts: AccountStore
  readonly audit: AuditStore
  readonly hasher: PasswordHasher
  readonly limiter: LoginLimiter
  readonly completeLogin: CompleteLogin
}

export interface PasswordLogin {
  readonly username: string
  readonly password: string
  /** Address of the caller, for the limit. */
  readonly source: string
}

const MAX_USERNAME_LENGTH = 64

/** Signs in a local account. The answer never tells whether the account or the password was wrong. */
export class LogInWithPassword {
  private readonly deps: LogInWithPasswordDeps
  private decoy: Promise<string> | undefined

  constructor(deps: LogInWithPasswordDeps) {
    this.deps = deps
  }

  async run(login: PasswordLogin): Promise<Session> {
    const { limiter, completeLogin } = this.deps
    // Length first: hashing a megabyte is work that a stranger could order.
    if (login.username.length > MAX_USERNAME_LENGTH || login.password.length > MAX_PASSWORD_LENGTH) {
      throw refused()
    }
    const wait = limiter.waitSeconds(login.username, login.source)
    if (wait > 0) {
      throw new AppError('RATE_LIMITED', `Too many failed logins. Try again in ${wait} seconds.`, {
        retry: { afterSeconds: wait },
      })
    }
    if (!(await this.verified(login))) {
      limiter.failed(login.username, login.source)
      await this.recordRefusal(login)
      throw refused()
    }
    limiter.succeeded(login.username, login.source)
    return completeLogin.run({
      issuer: LOCAL_ISSUER,
      subject: login.username,
      username: login.username,
      groups: [],
    })
  }

  private async verified(login: PasswordLogin): Promise<boolean> {
    const { accounts, hasher } = this.deps
    const user = login.username === '' ? undefined : await accounts.userByName(login.username)
    const usable = user !== undefined && !user.disabled ? user.passwordHash : undefined
    // An unknown account costs the same time as a known one.
    const correct = await hasher.verify(usable ?? (await this.decoyHash()), login.password)
    return correct && usable !== undefined
  }

  private decoyHash(): Promise<string> {
    this.decoy ??= this.deps.hasher.hash('a password that nobody has')
    return this.decoy
  }

  private async recordRefusal(login: PasswordLogin): Promise<void> {
    await this.deps.audit.append({
      audit: {
        actor: login.username,
        action: 'refuse-log-in',
        object: `account/${login.username}`,
        details: { source: login.source },
      },
      doorbells: [],
    })
  }
}

function refused(): AppError {
  return new AppError('UNAUTHENTICATED', 'Cannot sign in: wrong user name or password.')
}
