import type { Principal } from '../engine/access/principal.js'
import { csvRow } from '../engine/audit/csv-row.js'
import type { AuditCursor, AuditTrail } from '../store/audit-trail.js'
import type { AuditStore } from '../store/directory-stores.js'
import type { AuditEvent } from '../store/records.js'
import { requireWholeTrail } from './audit-reach.js'
import type { AuditWishFilter } from './search-audit.js'

export const EXPORT_FORMATS = ['jsonl', 'csv'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export interface ExportWish {
  readonly filter: AuditWishFilter
  readonly format: ExportFormat
}

const PAGE = 1_000
const COLUMNS = [
  'id',
  'at',
  'actor',
  'action',
  'object',
  'objectId',
  'project',
  'outcome',
  'operation',
  'source',
  'credential',
] as const

/** All events that fit, newest first, as text in pieces: however many there are, only one page is in memory. */
export class ExportAudit {
  readonly #trail: AuditTrail
  readonly #audit: AuditStore

  constructor(trail: AuditTrail, audit: AuditStore) {
    this.#trail = trail
    this.#audit = audit
  }

  /** Throws FORBIDDEN before anything is answered. Who takes the trail along stands in it, too. */
  async run(principal: Principal, { filter, format }: ExportWish): Promise<AsyncIterable<string>> {
    requireWholeTrail(principal, 'export')
    const details = { format, filter: { ...filter } }
    const audit = { actor: principal.subject, action: 'export-audit', object: 'audit', details }
    await this.#audit.append({ audit, doorbells: [] })
    return this.#pieces(filter, format)
  }

  async *#pieces(filter: AuditWishFilter, format: ExportFormat): AsyncGenerator<string> {
    if (format === 'csv') yield csvRow([...COLUMNS, 'details'])
    const toText = format === 'csv' ? csvOf : jsonOf
    let after: AuditCursor | undefined
    for (;;) {
      const events = await this.#trail.page(filter, { first: PAGE, ...(after && { after }) })
      if (events.length > 0) yield events.map(toText).join('')
      const last = events.at(-1)
      if (last === undefined || events.length < PAGE) return
      after = { at: last.at, id: last.id }
    }
  }
}

function jsonOf(event: AuditEvent): string {
  return `${JSON.stringify(event)}\n`
}

function csvOf(event: AuditEvent): string {
  const details = event.details === undefined ? '' : JSON.stringify(event.details)
  return csvRow([...COLUMNS.map((name) => event[name]), details])
}
