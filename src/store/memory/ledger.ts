import type { Doorbell } from '../../queue/doorbell-queue.js'
import type { AuditEvent, MutationRecord } from '../records.js'

/** Audit events and doorbells, as one transaction would write them. */
export class Ledger {
  readonly events: AuditEvent[] = []
  readonly outbox = new Map<string, Doorbell>()
  readonly #listeners: (() => void)[] = []
  #sequence = 0

  write({ audit, doorbells }: MutationRecord): void {
    this.events.push({ ...audit, id: this.#next(), at: new Date().toISOString() })
    this.ring(doorbells)
  }

  ring(doorbells: readonly Doorbell[]): void {
    if (doorbells.length === 0) return
    for (const doorbell of doorbells) this.outbox.set(this.#next(), doorbell)
    for (const listener of this.#listeners) listener()
  }

  onCommit(listener: () => void): void {
    this.#listeners.push(listener)
  }

  #next(): string {
    this.#sequence += 1
    return String(this.#sequence)
  }
}
