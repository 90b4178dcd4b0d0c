import type { Processor } from 'bullmq'
import type { BullmqBackend, JobWorker } from './bullmq-backend.js'
import type { RareWarning } from '../../base/rare-warning.js'

const OPEN_AGAIN_MS = 1_000
const CLOSE_MS = 3_000

export interface EarOptions {
  readonly backend: BullmqBackend
  readonly queue: string
  readonly processor: Processor
  readonly warning: RareWarning
}

/** A worker of BullMQ on one queue that is opened again for as long as it cannot start. */
export class Ear {
  readonly #options: EarOptions
  #worker: JobWorker
  #again: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: EarOptions) {
    this.#options = options
    this.#worker = this.#open()
  }

  /** Bounded in time, whatever the connection does: what was not acknowledged comes back to others. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#again)
    await closeWithin(this.#worker, CLOSE_MS)
  }

  #open(): JobWorker {
    const { backend, queue, processor, warning } = this.#options
    const worker = backend.openWorker(queue, processor)
    // BullMQ remembers a first connection that failed for ever.
    worker.waitUntilReady().catch((error: unknown) => {
      warning.report(error)
      this.#openAgain()
    })
    return worker
  }

  #openAgain(): void {
    if (this.#closed) return
    const broken = this.#worker
    this.#again = setTimeout(() => {
      void closeWithin(broken, CLOSE_MS)
      this.#worker = this.#open()
    }, OPEN_AGAIN_MS).unref()
  }
}

async function closeWithin(worker: JobWorker, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      worker.disconnect().catch(() => undefined)
      resolve()
    }, ms)
  })
  await Promise.race([worker.close().catch(() => undefined), late])
  clearTimeout(timer)
}
