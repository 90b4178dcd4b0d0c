import { AppError } from '../base/app-error.js'
import { crashPoint } from '../base/crash-point.js'
import type { Logger } from '../base/logger.js'
import type { ApplicationStatus } from '../engine/status/application-status.js'
import type { EventBus } from '../events/event-bus.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { Fence } from '../store/records.js'

const FLUSH_MS = 50
const FLUSH_ROWS = 200
const RETRY_MS = 1_000

export interface StatusFlusherDeps {
  readonly applications: ApplicationStore
  readonly events: EventBus
  readonly logger: Logger
}

interface Offered {
  readonly status: ApplicationStatus
  readonly fence: Fence | undefined
}

/**
 * Writes statuses in batches (≤ 50 ms or 200 rows), only those that changed, with one notification per flush that
 * carries the highest sequence. A failed flush is kept and tried again: the newest status of an application wins.
 * What belongs to a cluster that another process owns by now is dropped: its owner tells it.
 */
export class StatusFlusher {
  readonly #deps: StatusFlusherDeps
  readonly #waiting = new Map<string, Offered>()
  readonly #last = new Map<string, string>()
  readonly #operations = new Set<string>()
  readonly #gone = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()

  constructor(deps: StatusFlusherDeps) {
    this.#deps = deps
  }

  offer(status: ApplicationStatus, fence?: Fence): void {
    const content = contentOf(status, fence)
    if (this.#last.get(status.applicationId) === content) return
    this.#last.set(status.applicationId, content)
    this.#waiting.set(status.applicationId, { status, fence })
    if (this.#waiting.size >= FLUSH_ROWS) void this.flush()
    else this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS)
  }

  /** An operation changed: whoever looks at it is told with the next flush. */
  offerOperation(operationId: string): void {
    this.#operations.add(operationId)
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS)
  }

  /** Says everything again that comes from now on: a status counts as compared only when it is saved anew. */
  forgetAll(): void {
    this.#last.clear()
  }

  /** The application was removed: whoever looks at it is told with the next flush. */
  offerGone(applicationId: string): void {
    this.forget(applicationId)
    this.#gone.add(applicationId)
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS)
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
    await this.#tellOperations()
    await this.#tellGone()
    const batch = [...this.#waiting.values()]
    if (batch.length === 0) return
    this.#waiting.clear()
    try {
      await this.#save(batch)
    } catch (error) {
      if (isOutdated(error)) return this.#writeApart(batch)
      this.#keep(batch, error)
    }
  }

  async #save(batch: readonly Offered[]): Promise<void> {
    const statuses = batch.map(({ status }) => status)
    const sequence = await this.#deps.applications.saveStatuses(statuses, fencesOf(batch))
    crashPoint('S16:mid')
    const applicationIds = statuses.map(({ applicationId }) => applicationId)
    await this.#deps.events.publish({ topic: 'application', applicationIds, sequence })
  }

  /** One of the clusters went elsewhere: what belongs to it is dropped, the rest is written. */
  async #writeApart(batch: readonly Offered[]): Promise<void> {
    const byFence = Map.groupBy(batch, ({ fence }) => textOf(fence))
    for (const group of byFence.values()) {
      try {
        await this.#save(group)
      } catch (error) {
        if (isOutdated(error)) group.forEach(({ status }) => this.#last.delete(status.applicationId))
        else this.#keep(group, error)
      }
    }
  }

  #keep(batch: readonly Offered[], error: unknown): void {
    this.#deps.logger.warn('statuses could not be saved, trying again', { count: batch.length, error })
    for (const offered of batch) {
      const { applicationId } = offered.status
      if (!this.#waiting.has(applicationId)) this.#waiting.set(applicationId, offered)
    }
    this.#timer ??= setTimeout(() => void this.flush(), RETRY_MS)
  }

  async #tellOperations(): Promise<void> {
    if (this.#operations.size === 0) return
    const operationIds = [...this.#operations]
    this.#operations.clear()
    await this.#deps.events.publish({ topic: 'operation', operationIds })
  }

  async #tellGone(): Promise<void> {
    if (this.#gone.size === 0) return
    const applicationIds = [...this.#gone]
    this.#gone.clear()
    await this.#deps.events.publish({ topic: 'application', applicationIds })
  }
}

/** All but the time: a status that says the same again is not news, unless another owner may have told another one in between. */
function contentOf(status: ApplicationStatus, fence: Fence | undefined): string {
  return JSON.stringify({ ...status, observedAt: '', epoch: fence?.epoch })
}

function fencesOf(batch: readonly Offered[]): readonly Fence[] {
  const byText = new Map(
    batch.flatMap(({ fence }) => (fence === undefined ? [] : [[textOf(fence), fence] as const])),
  )
  return [...byText.values()]
}

function textOf(fence: Fence | undefined): string {
  return fence === undefined ? '' : `${fence.epoch} ${fence.id}`
}

function isOutdated(error: unknown): boolean {
  return error instanceof AppError && error.code === 'CONFLICT'
}
