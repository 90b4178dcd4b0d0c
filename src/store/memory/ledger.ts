import type { Doorbell } from '../../queue/doorbell-queue.js'
import { auditOrigin, withoutAuditOrigin } from '../audit-origin.js'
import type { AuditEvent, MutationRecord } from '../records.js'

/** Audit events and doorbells, as one transaction would write them. */
export class Ledger {
  readonly events: AuditEvent[] = []
  readonly outbox = new Map<string, Doorbell>()
  readonly #listeners: (() => void)[] = []
  #sequence = 0

  write({ audit, doorbells }: MutationRecord): void {
    const at = new Date().toISOString()
    this.events.push({ outcome: 'ACCEPTED', ...auditOrigin(), ...audit, id: this.#next(), at })
    this.ring(doorbells)
  }

  ring(doorbells: readonly Doorbell[]): void {
    if (doorbells.length === 0) return
    for (const doorbell of doorbells) this.outbox.set(this.#next(), doorbell)
    withoutAuditOrigin(() => {
      for (const listener of this.#listeners) listener()
    })
  }

  onCommit(listener: () => void): void {
    this.#listeners.push(listener)
  }

  #next(): string {
    this.#sequence += 1
    return String(this.#sequence)
  }
}
