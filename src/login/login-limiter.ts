import { createHash } from 'node:crypto'
import type { Clock } from '../base/clock.js'
import { ATTEMPT_LIMITS, judgeAttempt, type AttemptVerdict } from '../engine/login/judge-attempt.js'
import { sourceOf } from '../engine/login/source-of.js'
import type { AttemptKeys, LoginAttempts } from '../store/login-attempts.js'

/** Who tries to sign in, and from where. */
export interface LoginAttempt {
  readonly username: string
  /** Address of the caller. */
  readonly source: string
}

/** Of each kind of memory; beyond it the oldest is forgotten, and the store knows it still. */
const MAX_REMEMBERED = 10_000
/** Of a known place each account is counted, however many others failed there. */
const MAX_COUNT = 2_000_000_000

/**
 * Limits failed logins per account and per source. The counts are in the store, one for all gateways; here is only what
 * saves asking it: what is closed for now, and who is worth a place in the line.
 */
export class LoginLimiter {
  private readonly attempts: LoginAttempts
  private readonly clock: Clock
  /** Key → monotonic time until which it is closed. */
  private readonly closed = new Map<string, number>()
  private readonly failures = new Map<string, number>()
  private readonly good = new Map<string, true>()
  /** Attempts of a source that wait or run in this process. */
  private readonly underway = new Map<string, number>()

  constructor(attempts: LoginAttempts, clock: Clock) {
    this.attempts = attempts
    this.clock = clock
  }

  /** Seconds that this attempt must wait as far as this process knows; 0 = ask with `enter`. */
  knownWait(attempt: LoginAttempt): number {
    const { source, pair } = keysOf(attempt)
    const closed = this.good.has(pair) ? 0 : (this.closed.get(source) ?? 0)
    const until = Math.max(closed, this.closed.get(pair) ?? 0)
    return Math.max(0, Math.ceil((until - this.clock.monotonic()) / 1000))
  }

  /** Counts the attempt as one of its source's that wait or run, until the answered function is called. */
  arrive(attempt: LoginAttempt): () => void {
    const { source } = keysOf(attempt)
    this.underway.set(source, (this.underway.get(source) ?? 0) + 1)
    return () => {
      const rest = (this.underway.get(source) ?? 1) - 1
      if (rest === 0) this.underway.delete(source)
      else this.underway.set(source, rest)
    }
  }

  /**
   * The place in a line that is too long for all: 0 for who signed in from there before; for all others 1, and more with each
   * failure of their source and with each attempt of it that is underway already.
   */
  rank(attempt: LoginAttempt): number {
    const { source, pair } = keysOf(attempt)
    if (this.good.has(pair)) return 0
    return Math.max(1, this.underway.get(source) ?? 1) + (this.failures.get(source) ?? 0)
  }

  /** Counts the attempt, and says whether its password may be looked at. Call `succeeded` when it was right. */
  async enter(attempt: LoginAttempt): Promise<AttemptVerdict> {
    const keys = keysOf(attempt)
    const isKnown = this.good.has(keys.pair)
    const most = isKnown ? MAX_COUNT : ATTEMPT_LIMITS.source
    const counted = await this.attempts.count(keys, ATTEMPT_LIMITS.windowSeconds, most)
    const verdict = judgeAttempt({ ...counted, isKnown })
    remember(this.failures, keys.source, counted.source)
    if (verdict.waitSeconds > 0) {
      const isSource = !isKnown && counted.source > ATTEMPT_LIMITS.source
      const until = this.clock.monotonic() + verdict.waitSeconds * 1000
      remember(this.closed, isSource ? keys.source : keys.pair, until)
    }
    return verdict
  }

  async succeeded(attempt: LoginAttempt): Promise<void> {
    const keys = keysOf(attempt)
    remember(this.good, keys.pair, true)
    this.closed.delete(keys.pair)
    remember(this.failures, keys.source, Math.max(0, (this.failures.get(keys.source) ?? 1) - 1))
    await this.attempts.succeed(keys)
  }
}

function keysOf({ username, source }: LoginAttempt): AttemptKeys {
  const from = sourceOf(source)
  return {
    source: keyOf('source', from),
    account: keyOf('account', username),
    pair: keyOf('pair', username, from),
  }
}

function keyOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}

function remember<T>(memory: Map<string, T>, key: string, value: T): void {
  memory.delete(key)
  memory.set(key, value)
  if (memory.size <= MAX_REMEMBERED) return
  const oldest = memory.keys().next().value
  if (oldest !== undefined) memory.delete(oldest)
}
