import type { ApplicationChanges } from '../../applications/application-changes.js'
import type { ApplicationChange } from '../../applications/change-journal.js'
import type { GetApplication } from '../../applications/get-application.js'
import type { Principal } from '../../engine/access/principal.js'
import type { Application } from '../../engine/application/application.js'
import type { ApplicationListRow } from '../../store/application-list.js'
import { opaqueId } from '../opaque-id.js'
import { toApplicationView, type ApplicationChangeType } from './application.type.js'

export interface ChangeStreamDeps {
  readonly changes: Pick<ApplicationChanges, 'subscribe' | 'since'>
  readonly getApplication: Pick<GetApplication, 'among'>
  /** Who the session belongs to now; undefined when it ended. */
  readonly recheck: () => Promise<Principal | undefined>
  readonly wants: (application: Application) => boolean
  /** The last sequence that the reader was given before its connection broke. */
  readonly since?: number | undefined
}

export interface ChangeEvent {
  readonly applicationChanged: ApplicationChangeType
}

/** At most ten batches a second reach a client. */
const COALESCE_MS = 100
const BATCH = 100
/** Whoever missed more than this reads the list faster than it is told. */
const MOST_MISSED = 2_000
const NOTHING: ReadonlySet<string> = new Set()

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
  /** What the reader may have seen on its former connection. */
  private missed: ReadonlySet<string> = NOTHING
  /** The sequence heard last, and the last one of which everything is told. */
  private heard: number | undefined
  private told: number | undefined
  private wake: (() => void) | undefined
  private ended = false

  constructor(deps: ChangeStreamDeps) {
    this.deps = deps
    this.unsubscribe = deps.changes.subscribe((change) => this.hear(change))
    if (deps.since !== undefined) this.resume(deps.since)
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

  private hear({ applicationIds, sequence }: ApplicationChange): void {
    for (const id of applicationIds) this.pending.add(id)
    this.heard = sequence ?? this.heard
    this.wake?.()
  }

  private resume(since: number): void {
    const missed = this.deps.changes.since(since)
    if (missed === undefined || missed.applicationIds.length > MOST_MISSED) return this.startAnew()
    this.told = since
    this.missed = new Set(missed.applicationIds)
    this.hear(missed)
  }

  private startAnew(): void {
    this.missed = NOTHING
    this.ready.push({ applicationChanged: { kind: 'startAnew', id: '' } })
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
    const tellsAll = this.pending.size === 0 ? this.heard : this.told
    const { visible, gone } = await this.deps.getApplication.among(principal, ids)
    // Of what the reader saw before nothing is known: it may have been this one.
    if (gone.some((id) => this.missed.has(id))) this.startAnew()
    for (const row of visible) this.offer(row)
    const found = new Set(visible.map((row) => row.application.id))
    for (const id of ids) if (!found.has(id)) this.takeBack(id)
    this.told = tellsAll
    const last = this.ready.pop()
    if (last !== undefined) this.ready.push(withSequence(last, tellsAll))
  }

  private offer(row: ApplicationListRow): void {
    const { id } = row.application
    if (!this.deps.wants(row.application)) {
      this.takeBack(id)
      return
    }
    this.seen.add(id)
    this.tell({ kind: 'changed', id: opaqueId('Application', id), application: toApplicationView(row) })
  }

  /** Gone, or no longer theirs to see, or out of the filter: for the reader the same. What they never saw stays unknown to them. */
  private takeBack(id: string): void {
    const wasSeen = this.seen.delete(id)
    if (wasSeen) this.tell({ kind: 'deleted', id: opaqueId('Application', id) })
  }

  private tell(change: ApplicationChangeType): void {
    this.ready.push(withSequence({ applicationChanged: change }, this.told))
  }
}

function withSequence({ applicationChanged }: ChangeEvent, sequence: number | undefined): ChangeEvent {
  return { applicationChanged: { ...applicationChanged, ...(sequence !== undefined && { sequence }) } }
}
