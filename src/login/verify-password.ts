import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../base/app-error.js'
import { accountNameProblem } from '../engine/login/account-name.js'
import type { AccountStore, UserRecord } from '../store/account-store.js'
import type { AuditStore } from '../store/directory-stores.js'
import type { LoginAttempt, LoginLimiter } from './login-limiter.js'
import type { PasswordHasher } from './password-hasher.js'
import { MAX_PASSWORD_LENGTH } from './password-rule.js'
import { RankedLine } from './ranked-line.js'

export interface VerifyPasswordDeps {
  readonly accounts: AccountStore
  readonly audit: AuditStore
  readonly hasher: PasswordHasher
  readonly limiter: LoginLimiter
  /** How long every refusal takes at least; default 250 ms. */
  readonly refusalMs?: number
  /** Default: those of this machine. */
  readonly cores?: number
}

export interface PasswordAttempt extends LoginAttempt {
  readonly password: string
}

const MAX_USERNAME_LENGTH = 64
/** Longer than hashes of any kind take: how long it took does not tell them apart. */
const REFUSAL_MS = 250
/**
 * Attempts at the same time: of all, of places where nobody signed in before, of places with failures. Those that fail keep
 * their place until they are answered, so this is also how many of them a second cost a hash.
 */
const PLACES = [16, 8, 3]
const MAX_WAITING = 100

/**
 * Proves a password of a local account. The answer never tells whether the account or the password was wrong, neither by
 * its words nor by its time. Everything that takes a password goes through here, and so through one limit.
 */
export class VerifyPassword {
  private readonly deps: VerifyPasswordDeps
  private readonly line = new RankedLine({ places: PLACES, waiting: MAX_WAITING })
  /** A hash takes all of a core, so there are as many at a time as cores; half of them for strangers. */
  private readonly hashing: RankedLine
  private decoy: Promise<string> | undefined

  constructor(deps: VerifyPasswordDeps) {
    this.deps = deps
    const cores = deps.cores ?? availableParallelism()
    this.hashing = new RankedLine({ places: [cores, Math.ceil(cores / 2)], waiting: Math.max(...PLACES) })
  }

  /** The account. Throws UNAUTHENTICATED when it is not proven, RATE_LIMITED when it may not be tried now. */
  async run(attempt: PasswordAttempt): Promise<UserRecord> {
    const { limiter, refusalMs = REFUSAL_MS } = this.deps
    // Length first: hashing a megabyte is work that a stranger could order.
    if (attempt.username.length > MAX_USERNAME_LENGTH || attempt.password.length > MAX_PASSWORD_LENGTH) {
      throw refused()
    }
    this.refuseClosed(attempt)
    const earliest = sleep(refusalMs)
    const leave = limiter.arrive(attempt)
    try {
      const rank = limiter.rank(attempt)
      return await this.line.run(rank, async () => {
        this.refuseClosed(attempt)
        const user = await this.inTurn(attempt, rank)
        if (user !== undefined) return user
        await earliest
        throw refused()
      })
    } finally {
      leave()
    }
  }

  private refuseClosed(attempt: PasswordAttempt): void {
    const wait = this.deps.limiter.knownWait(attempt)
    if (wait > 0) throw tooManyFailures(wait)
  }

  private async inTurn(attempt: PasswordAttempt, rank: number): Promise<UserRecord | undefined> {
    const { limiter } = this.deps
    const { waitSeconds, closes } = await limiter.enter(attempt)
    if (closes !== undefined) await this.record('lock-log-in', attempt, { lock: closes })
    if (waitSeconds > 0) throw tooManyFailures(waitSeconds)
    const user = await this.proven(attempt, rank)
    if (user === undefined) await this.record('refuse-log-in', attempt, {})
    else await limiter.succeeded(attempt)
    return user
  }

  private async proven(
    { username, password }: PasswordAttempt,
    rank: number,
  ): Promise<UserRecord | undefined> {
    const { accounts, hasher } = this.deps
    const user = accountNameProblem(username) === undefined ? await accounts.userByName(username) : undefined
    const usable = user?.capabilities.includes('login') === true && !user.disabled
    const hash = usable ? user.passwordHash : undefined
    // An unknown account costs the same time as a known one.
    const compared = hash ?? (await this.decoyHash())
    const isRight = await this.hashing.run(rank, () => hasher.verify(compared, password))
    if (!isRight || !usable || hash === undefined) return undefined
    if (!hasher.isCurrent(hash)) await accounts.replaceHash(user.id, hash, await hasher.hash(password))
    return user
  }

  private decoyHash(): Promise<string> {
    this.decoy ??= this.deps.hasher.hash('a password that nobody has')
    return this.decoy
  }

  private async record(action: string, attempt: PasswordAttempt, more: { lock?: string }): Promise<void> {
    const { username, source } = attempt
    // What nobody can be called is not written down: people type passwords there.
    const actor = accountNameProblem(username) === undefined ? username : 'anonymous'
    const audit = {
      actor,
      action,
      object: `account/${actor}`,
      outcome: 'DENIED' as const,
      details: { source, ...more },
    }
    await this.deps.audit.append({ audit, doorbells: [] })
  }
}

function refused(): AppError {
  return new AppError('UNAUTHENTICATED', 'Cannot sign in: wrong user name or password.')
}

/** Also said at the door, before the request is read (`api/http`). */
export function tooManyFailures(seconds: number): AppError {
  return new AppError('RATE_LIMITED', `Too many failed logins. Try again in ${seconds} seconds.`, {
    retry: { afterSeconds: seconds },
  })
}
