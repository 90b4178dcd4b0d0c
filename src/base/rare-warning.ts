import { reasonOf } from './app-error.js'
import type { Logger } from './logger.js'

const EVERY_MS = 10_000

export interface RareWarningOptions {
  readonly logger: Logger
  /** What people read; the reason stands beside it. */
  readonly sentence: string
  readonly fields?: Readonly<Record<string, unknown>>
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number
}

/** Warns at most every ten seconds: a broken connection says so many times a second. */
export class RareWarning {
  readonly #options: RareWarningOptions
  #warnedAt: number | undefined
  #muted = false

  constructor(options: RareWarningOptions) {
    this.#options = options
  }

  readonly report = (error: unknown): void => {
    const { logger, sentence, fields, monotonic } = this.#options
    const now = monotonic()
    if (this.#muted || (this.#warnedAt !== undefined && now - this.#warnedAt < EVERY_MS)) return
    this.#warnedAt = now
    logger.warn(sentence, { ...fields, reason: reasonOf(error) })
  }

  /** What breaks because it is closed is no news. */
  mute(): void {
    this.#muted = true
  }
}
