import { reasonOf } from '../base/app-error.js'
import type { Logger } from '../base/logger.js'
import { GARBAGE_KINDS, type GarbageKind, type GarbageStore, type Retention } from '../store/garbage-store.js'

export interface GarbageCollectorDeps {
  readonly garbage: GarbageStore
  readonly retention: Retention
  readonly logger: Logger
  /** Lets go of old audit events; answers how many. They are signed for, so it is not for the garbage store. */
  readonly expireAudit?: () => Promise<number>
  /** Default 600. */
  readonly everySeconds?: number
  /** Rows per statement, default 1,000: no statement holds locks for long. */
  readonly batch?: number
}

const EVERY_SECONDS = 600
const BATCH = 1_000

/**
 * Deletes what nobody needs any more, now and then, in batches. It may run in every process: the database lets one
 * collect at a time, the others come again later.
 */
export class GarbageCollector {
  readonly #deps: GarbageCollectorDeps
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #closed = false

  constructor(deps: GarbageCollectorDeps) {
    this.#deps = deps
  }

  /** Call once. The first round comes after the interval, when a start has other things to do no more. */
  start(): void {
    const every = (this.#deps.everySeconds ?? EVERY_SECONDS) * 1_000
    this.#timer = setInterval(() => void this.run(), every)
    this.#timer.unref()
  }

  /** One round over all kinds; never rejects. */
  run(): Promise<void> {
    this.#running ??= this.#round().finally(() => (this.#running = undefined))
    return this.#running
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await this.#running
  }

  async #round(): Promise<void> {
    const { logger } = this.#deps
    const gone: Partial<Record<GarbageKind | 'auditEvents', number>> = {}
    try {
      for (const kind of GARBAGE_KINDS) gone[kind] = await this.#collect(kind)
      gone.auditEvents = (await this.#deps.expireAudit?.()) ?? 0
    } catch (error) {
      logger.warn('old rows could not be deleted, the next round tries again', { reason: reasonOf(error) })
    }
    if (Object.values(gone).some((count) => count > 0)) logger.info('old rows were deleted', gone)
  }

  async #collect(kind: GarbageKind): Promise<number> {
    const { garbage, retention, batch = BATCH } = this.#deps
    let total = 0
    while (!this.#closed) {
      const gone = await garbage.collect(kind, retention, batch)
      total += gone ?? 0
      if (gone === undefined || gone < batch) break
    }
    return total
  }
}
