import { setTimeout as sleep } from 'node:timers/promises'

export interface DelayBounds {
  readonly shortestDelayMs: number
  readonly longestDelayMs: number
  random(): number
}

/** Waits between attempts: doubling, with jitter so that many watches do not return in one wave. */
export class ReconnectDelay {
  private readonly bounds: DelayBounds
  private attempts = 0

  constructor(bounds: DelayBounds) {
    this.bounds = bounds
  }

  /** Attempts since something last worked. */
  get failures(): number {
    return this.attempts
  }

  reset(): void {
    this.attempts = 0
  }

  /** Returns early, without throwing, when the signal aborts. */
  async wait(signal: AbortSignal, atLeastMs = 0): Promise<void> {
    const { shortestDelayMs, longestDelayMs, random } = this.bounds
    const full = Math.min(longestDelayMs, shortestDelayMs * 2 ** Math.min(this.attempts, 16))
    this.attempts += 1
    const jittered = full * (0.5 + random() / 2)
    await sleep(Math.max(jittered, atLeastMs), undefined, { signal }).catch(() => undefined)
  }
}
