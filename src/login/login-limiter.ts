import type { Clock } from '../base/clock.js'

/** As Argo CD: five failures in five minutes. */
const MAX_FAILURES = 5
/** One source that tries many accounts. */
const MAX_SOURCE_FAILURES = 30
const WINDOW_MS = 300_000
const MAX_KEYS = 10_000

/** Counts failed logins per account with source, and per source, in this process. Bounded in memory. */
export class LoginLimiter {
  private readonly clock: Clock
  private readonly failures = new Map<string, { count: number; until: number }>()

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Seconds until this account may be tried again from this source; 0 = now. */
  waitSeconds(account: string, source: string): number {
    return Math.max(
      this.remaining(`${account}\n${source}`, MAX_FAILURES),
      this.remaining(`\n${source}`, MAX_SOURCE_FAILURES),
    )
  }

  failed(account: string, source: string): void {
    this.count(`${account}\n${source}`)
    this.count(`\n${source}`)
  }

  succeeded(account: string, source: string): void {
    this.failures.delete(`${account}\n${source}`)
  }

  private remaining(key: string, allowed: number): number {
    const entry = this.failures.get(key)
    if (entry === undefined || entry.count < allowed) return 0
    return Math.max(0, Math.ceil((entry.until - this.clock.monotonic()) / 1000))
  }

  private count(key: string): void {
    const now = this.clock.monotonic()
    const entry = this.failures.get(key)
    const count = entry === undefined || entry.until <= now ? 1 : entry.count + 1
    this.failures.delete(key)
    this.failures.set(key, { count, until: now + WINDOW_MS })
    if (this.failures.size > MAX_KEYS) {
      const oldest = this.failures.keys().next().value
      if (oldest !== undefined) this.failures.delete(oldest)
    }
  }
}
