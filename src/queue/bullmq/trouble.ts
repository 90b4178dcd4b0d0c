import { reasonOf } from '../../base/app-error.js'
import type { Logger } from '../../base/logger.js'

const LOG_EVERY_MS = 10_000

/** Logs errors of connections: a broken one says so many times a second, in every queue. */
export class Trouble {
  readonly #logger: Logger
  /** For people, without a password: "Redis at host:6379". */
  readonly #place: string
  #loggedAt = -LOG_EVERY_MS
  #muted = false

  constructor(logger: Logger, place: string) {
    this.#logger = logger
    this.#place = place
  }

  readonly report = (error: unknown): void => {
    const now = performance.now()
    if (this.#muted || now - this.#loggedAt < LOG_EVERY_MS) return
    this.#loggedAt = now
    this.#logger.warn('The queue is in trouble and tries again', {
      place: this.#place,
      reason: reasonOf(error),
    })
  }

  /** What breaks because it is closed is no news. */
  mute(): void {
    this.#muted = true
  }
}
