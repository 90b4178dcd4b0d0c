import { AppError, reasonOf } from '../../base/app-error.js'
import type { Doorbell } from '../doorbell-queue.js'
import type { BullmqBackend, JobQueue } from './bullmq-backend.js'
import { jobKey, toJob } from './doorbell-job.js'
import type { RareWarning } from '../../base/rare-warning.js'

const RING_MS = 4_000
const CLOSE_MS = 2_000
const BATCH = 500

interface Waiting {
  readonly bells: Map<string, Doorbell>
  readonly rung: Promise<void>
}

/** Rings in batches: what rings in one turn of the event loop for one queue is one round trip. */
export class Ringer {
  readonly #backend: BullmqBackend
  readonly #warning: RareWarning
  readonly #queues = new Map<string, JobQueue>()
  readonly #waiting = new Map<string, Waiting>()

  constructor(backend: BullmqBackend, warning: RareWarning) {
    this.#backend = backend
    this.#warning = warning
  }

  /** Resolves once the doorbell is in the queue; rejects within seconds when it cannot be. */
  ring(queue: string, doorbell: Doorbell): Promise<void> {
    const known = this.#waiting.get(queue)
    const waiting = known ?? { bells: new Map<string, Doorbell>(), rung: this.#ringSoon(queue) }
    if (known === undefined) this.#waiting.set(queue, waiting)
    waiting.bells.set(jobKey(doorbell), doorbell)
    return waiting.rung
  }

  async close(): Promise<void> {
    await Promise.all([...this.#waiting.values()].map(({ rung }) => rung.catch(() => undefined)))
    const closed = [...this.#queues.values()].map((queue) => queue.close().catch(() => undefined))
    this.#queues.clear()
    await within(CLOSE_MS, Promise.all(closed)).catch(() => undefined)
  }

  async #ringSoon(name: string): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve))
    const bells = [...(this.#waiting.get(name)?.bells.values() ?? [])]
    this.#waiting.delete(name)
    try {
      await this.#backend.up()
      await within(RING_MS, this.#add(name, bells))
    } catch (error) {
      const text = `Cannot ring ${bells.length} doorbells on ${this.#backend.place}: ${reasonOf(error)}. Nothing is lost: they ring again by themselves once it answers.`
      throw new AppError('TIMEOUT', text, { retry: 'backoff', cause: error })
    }
  }

  async #add(name: string, bells: readonly Doorbell[]): Promise<void> {
    const queue = this.#open(name)
    for (let at = 0; at < bells.length; at += BATCH) {
      await queue.addBulk(bells.slice(at, at + BATCH).map(toJob))
    }
  }

  #open(name: string): JobQueue {
    const known = this.#queues.get(name)
    if (known !== undefined) return known
    const queue = this.#backend.openQueue(name)
    this.#queues.set(name, queue)
    // BullMQ remembers a first connection that failed for ever: the next ring opens another one.
    queue.waitUntilReady().catch((error: unknown) => {
      this.#warning.report(error)
      if (this.#queues.get(name) === queue) this.#queues.delete(name)
      queue.close().catch(() => undefined)
    })
    return queue
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1_000} s`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
