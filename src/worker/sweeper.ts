import { reasonOf } from '../base/app-error.js'
import type { Logger } from '../base/logger.js'
import type { DoorbellQueue } from '../queue/doorbell-queue.js'
import type { PendingWork } from '../store/pending-work.js'
import { addressed } from './address-doorbell.js'

export interface SweeperDeps {
  readonly pendingWork: PendingWork
  readonly queue: DoorbellQueue
  readonly logger: Logger
  /** Default 10. */
  readonly everySeconds?: number
  /** Rung at most per sweep; the next one goes on from there. Default 1,000. */
  readonly limit?: number
}

/** Each so many sweeps one is thorough. */
const THOROUGH_EVERY = 6

/**
 * Rings for whatever the rows say is left to do, should its doorbells have been lost (a Redis that was emptied, a
 * process that died between two lines). With nothing left to do a sweep is one query without rows.
 */
export class Sweeper {
  readonly #deps: SweeperDeps
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #after = ''
  #sweeps = 0

  constructor(deps: SweeperDeps) {
    this.#deps = deps
  }

  /** Call once. The first sweep is due after the interval: a start looks at everything by itself. */
  start(): void {
    const everyMs = (this.#deps.everySeconds ?? 10) * 1_000
    this.#timer = setInterval(() => {
      this.#running ??= this.#sweep().finally(() => {
        this.#running = undefined
      })
    }, everyMs)
    this.#timer.unref()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }

  async #sweep(): Promise<void> {
    const { pendingWork, queue, logger, limit = 1_000 } = this.#deps
    try {
      const thorough = this.#sweeps % THOROUGH_EVERY === THOROUGH_EVERY - 1
      const pending = await pendingWork.page({ after: this.#after, limit, thorough })
      await Promise.all(pending.flatMap(addressed).map((doorbell) => queue.ring(doorbell)))
      // A page that is not full was the last: the next sweep begins anew.
      this.#after = pending.length < limit ? '' : (pending.at(-1)?.id ?? '')
      if (this.#after === '') this.#sweeps += 1
    } catch (error) {
      logger.warn('Cannot look for work that was left, the next sweep tries again', {
        reason: reasonOf(error),
      })
    }
  }
}
