import { reasonOf } from '../base/app-error.js'
import { crashPoint } from '../base/crash-point.js'
import type { Logger } from '../base/logger.js'
import type { DoorbellQueue } from '../queue/doorbell-queue.js'
import type { OutboxStore } from '../store/directory-stores.js'
import { addressed } from './address-doorbell.js'

export interface OutboxRelayDeps {
  readonly outbox: OutboxStore
  readonly queue: DoorbellQueue
  readonly logger: Logger
  /** Default 10: what a crash or another process left behind is found after this time. */
  readonly sweepSeconds?: number
}

const BATCH = 500
/** Between two deliveries: what many commits at once wrote is rung together, a single one at once. */
const PAUSE_MS = 20

/**
 * Rings the doorbells that transactions wrote: at once after a commit of this process, and by a sweep for all others. A doorbell is
 * removed only after it rang, so a crash in between rings it twice and never not at all. Any number of relays may run at once.
 */
export class OutboxRelay {
  readonly #deps: OutboxRelayDeps
  #sweep: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #wanted = false
  #notBefore = 0
  #closed = false

  constructor(deps: OutboxRelayDeps) {
    this.#deps = deps
  }

  /** Call once. */
  start(): void {
    this.#deps.outbox.onCommit(() => this.wake())
    this.#sweep = setInterval(() => this.wake(), (this.#deps.sweepSeconds ?? 10) * 1_000)
    this.#sweep.unref()
    this.wake()
  }

  /** Delivers what is pending; wakes during a delivery are merged into one more. */
  wake(): void {
    if (this.#closed) return
    this.#wanted = true
    this.#running ??= this.#deliverAll().finally(() => {
      this.#running = undefined
      if (this.#wanted) this.wake()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#wanted = false
    clearInterval(this.#sweep)
    await this.#running
  }

  async #deliverAll(): Promise<void> {
    try {
      while (this.#wanted && !this.#closed) {
        const early = this.#notBefore - performance.now()
        if (early > 0) await pause(early)
        if (this.#closed) return
        this.#wanted = false
        const begin = performance.now()
        const delivered = await this.#deliverBatch()
        if (delivered === BATCH) this.#wanted = true
        else if (delivered > 0) this.#notBefore = begin + PAUSE_MS
      }
    } catch (error) {
      this.#wanted = false
      this.#deps.logger.warn('Cannot deliver doorbells now, the next sweep tries again', {
        reason: reasonOf(error),
      })
    }
  }

  async #deliverBatch(): Promise<number> {
    const { outbox, queue } = this.#deps
    const delivered = await outbox.deliver(BATCH, async (waiting) => {
      crashPoint('S1:before')
      await Promise.all(waiting.flatMap(addressed).map((doorbell) => queue.ring(doorbell)))
      crashPoint('S1:mid')
    })
    if (delivered > 0) crashPoint('S1:after')
    return delivered
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
