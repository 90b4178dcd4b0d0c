import type { JsonObject } from '../../engine/manifest/manifest.js'
import { auditOrigin } from '../audit-origin.js'
import type { AuditEntry, AuditEvent, AuditOutcome, MutationRecord } from '../records.js'

/** A row of `audit_events`, by the names of its columns. */
export interface AuditRow {
  readonly id: string
  readonly at: Date
  readonly actor: string
  readonly action: string
  readonly object: string
  readonly object_id: string | null
  readonly project: string | null
  readonly outcome: string
  readonly operation: string | null
  readonly source: string | null
  readonly credential: string | null
  readonly details: JsonObject | null
}

/** With the alias of the table in front. */
export const AUDIT_COLUMNS = `e.id, e.at, e.actor, e.action, e.object, e.object_id, e.project, e.outcome, e.operation,
  e.source, e.credential, e.details`

const COLUMNS = 'actor, action, object, object_id, project, outcome, operation, source, credential, details'

/** The row of an event with where it came from, for Prisma. */
export function auditColumns(entry: AuditEntry) {
  const { outcome = 'ACCEPTED', details, ...rest } = { ...auditOrigin(), ...entry }
  return { ...rest, outcome, ...(details === undefined ? {} : { details: details as object }) }
}

/** As parts of a statement with so many parameters `before`: they write when `change` has rows. */
export function recordCtes(before: number): string {
  const p = (n: number): string => `$${before + n}`
  const texts = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `${p(n)}::text`).join(', ')
  return `audit AS (INSERT INTO audit_events (${COLUMNS})
      SELECT ${texts}, ${p(10)}::jsonb WHERE EXISTS (SELECT FROM change)),
    bells AS (INSERT INTO outbox (kind, key)
      SELECT b.kind, b.key FROM unnest(${p(11)}::text[], ${p(12)}::text[]) AS b(kind, key) WHERE EXISTS (SELECT FROM change))`
}

export function recordValues({ audit, doorbells }: MutationRecord): readonly unknown[] {
  const { details, ...entry } = { ...auditOrigin(), ...audit }
  return [
    entry.actor,
    entry.action,
    entry.object,
    entry.objectId ?? null,
    entry.project ?? null,
    entry.outcome ?? 'ACCEPTED',
    entry.operation ?? null,
    entry.source ?? null,
    entry.credential ?? null,
    details === undefined ? null : JSON.stringify(details),
    doorbells.map(({ kind }) => kind),
    doorbells.map(({ id }) => id),
  ]
}

export function toAuditEvent(row: AuditRow): AuditEvent {
  return {
    id: String(row.id),
    at: row.at.toISOString(),
    actor: row.actor,
    action: row.action,
    object: row.object,
    outcome: row.outcome as AuditOutcome,
    ...(row.object_id === null ? {} : { objectId: row.object_id }),
    ...(row.project === null ? {} : { project: row.project }),
    ...(row.operation === null ? {} : { operation: row.operation }),
    ...(row.source === null ? {} : { source: row.source }),
    ...(row.credential === null ? {} : { credential: row.credential }),
    ...(row.details === null ? {} : { details: row.details }),
  }
}
