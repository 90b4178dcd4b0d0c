import type { ApplicationChanges } from '../../applications/application-changes.js'
import type { GetApplication } from '../../applications/get-application.js'
import type { Principal } from '../../engine/access/principal.js'
import { opaqueId } from '../opaque-id.js'
import { toApplicationView, type ApplicationChangeType } from './application.type.js'

export interface ChangeStreamDeps {
  readonly changes: ApplicationChanges
  readonly getApplication: GetApplication
  /** Who the session belongs to now; undefined when it ended. */
  readonly recheck: () => Promise<Principal | undefined>
  readonly wants: (change: ApplicationChangeType) => boolean
}

export interface ChangeEvent {
  readonly applicationChanged: ApplicationChangeType
}

/** At most ten batches a second reach a client. */
const COALESCE_MS = 100
const BATCH = 100

/**
 * Changes of applications for one subscriber. Events carry ids only: each batch re-checks the session and reads what its
 * owner may see now, so nothing is delivered to a session that ended or lost its rights. Ids that wait are merged: a slow
 * reader costs one id per application, not one event per change.
 *
 * An iterator by hand and not a generator: `return` must end it while it waits.
 */
export class ChangeStream implements AsyncIterableIterator<ChangeEvent> {
  private readonly deps: ChangeStreamDeps
  private readonly pending = new Set<string>()
  private readonly seen = new Set<string>()
  private readonly ready: ChangeEvent[] = []
  private readonly unsubscribe: () => void
  private wake: (() => void) | undefined
  private ended = false

  constructor(deps: ChangeStreamDeps) {
    this.deps = deps
    this.unsubscribe = deps.changes.subscribe((ids) => {
      for (const id of ids) this.pending.add(id)
      this.wake?.()
    })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<ChangeEvent>> {
    while (!this.ended) {
      const event = this.ready.shift()
      if (event !== undefined) return { done: false, value: event }
      if (this.pending.size === 0) await this.sleep()
      else await this.readBatch()
    }
    return { done: true, value: undefined }
  }

  async return(): Promise<IteratorResult<ChangeEvent>> {
    this.ended = true
    this.unsubscribe()
    this.wake?.()
    return { done: true, value: undefined }
  }

  private sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve
    })
  }

  private async readBatch(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, COALESCE_MS))
    const principal = await this.deps.recheck()
    if (principal === undefined) {
      await this.return()
      return
    }
    const ids = [...this.pending].slice(0, BATCH)
    for (const id of ids) this.pending.delete(id)
    const rows = await this.deps.getApplication.many(principal, ids)
    for (const row of rows) {
      const id = row.application.id
      this.offer(
        { kind: 'changed', id: opaqueId('Application', id), application: toApplicationView(row) },
        id,
      )
    }
    const found = new Set(rows.map((row) => row.application.id))
    for (const id of ids) {
      // Gone, or no longer theirs to see: for the reader the same. What they never saw stays unknown to them.
      if (!found.has(id) && this.seen.delete(id)) {
        this.ready.push({ applicationChanged: { kind: 'deleted', id: opaqueId('Application', id) } })
      }
    }
  }

  private offer(change: ApplicationChangeType, id: string): void {
    if (!this.deps.wants(change)) return
    this.seen.add(id)
    this.ready.push({ applicationChanged: change })
  }
}
