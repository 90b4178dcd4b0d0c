import { crashPoint } from '../base/crash-point.js'
import type { Logger } from '../base/logger.js'
import type { ApplicationStatus } from '../engine/status/application-status.js'
import type { EventBus } from '../events/event-bus.js'
import type { ApplicationStore } from '../store/application-store.js'

const FLUSH_MS = 50
const FLUSH_ROWS = 200
const RETRY_MS = 1_000

export interface StatusFlusherDeps {
  readonly applications: ApplicationStore
  readonly events: EventBus
  readonly logger: Logger
}

/**
 * Writes statuses in batches (≤ 50 ms or 200 rows), only those that changed, with one notification per flush that
 * carries the highest sequence. A failed flush is kept and tried again: the newest status of an application wins.
 */
export class StatusFlusher {
  readonly #deps: StatusFlusherDeps
  readonly #waiting = new Map<string, ApplicationStatus>()
  readonly #last = new Map<string, string>()
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()

  constructor(deps: StatusFlusherDeps) {
    this.#deps = deps
  }

  offer(status: ApplicationStatus): void {
    const content = contentOf(status)
    if (this.#last.get(status.applicationId) === content) return
    this.#last.set(status.applicationId, content)
    this.#waiting.set(status.applicationId, status)
    if (this.#waiting.size >= FLUSH_ROWS) void this.flush()
    else this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS)
  }

  /** Says everything again that comes from now on: a status counts as compared only when it is saved anew. */
  forgetAll(): void {
    this.#last.clear()
  }

  /** The application is gone: nothing of it may be written any more. */
  forget(applicationId: string): void {
    this.#waiting.delete(applicationId)
    this.#last.delete(applicationId)
  }

  /** Resolves when all that was offered before is written (or kept for the next try). */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#flushing = this.#flushing.then(() => this.#write())
    return this.#flushing
  }

  async #write(): Promise<void> {
    const batch = [...this.#waiting.values()]
    if (batch.length === 0) return
    this.#waiting.clear()
    try {
      const sequence = await this.#deps.applications.saveStatuses(batch)
      crashPoint('S16:mid')
      const applicationIds = batch.map((status) => status.applicationId)
      await this.#deps.events.publish({ topic: 'application', applicationIds, sequence })
    } catch (error) {
      this.#deps.logger.warn('statuses could not be saved, trying again', { count: batch.length, error })
      for (const status of batch) {
        if (!this.#waiting.has(status.applicationId)) this.#waiting.set(status.applicationId, status)
      }
      this.#timer ??= setTimeout(() => void this.flush(), RETRY_MS)
    }
  }
}

/** All but the time: a status that says the same again is not news. */
function contentOf(status: ApplicationStatus): string {
  return JSON.stringify({ ...status, observedAt: '' })
}
