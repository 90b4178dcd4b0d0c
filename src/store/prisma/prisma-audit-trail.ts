import { AuditTrail, wordsOf, type AuditCursor, type AuditFilter } from '../audit-trail.js'
import { AUDIT_OUTCOMES, type AuditEvent } from '../records.js'
import { AUDIT_COLUMNS, toAuditEvent, type AuditRow } from './audit-row.js'
import type { Database } from './database.js'
import { StatementNames } from './statement-names.js'

/** The expression of the index, letter by letter. */
const WORDS = `to_tsvector('simple', translate(
    e.actor || ' ' || e.action || ' ' || e.object || ' ' || coalesce(e.project, '') || ' '
        || coalesce(e.details ->> 'objects', '') || ' ' || coalesce(e.details ->> 'reason', ''),
    '/-_.:,;"[]{}()@=', '                '))`
const MOST_WORDS = 10

export class PrismaAuditTrail extends AuditTrail {
  readonly #database: Database
  readonly #names = new StatementNames('audit')

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async page(
    filter: AuditFilter,
    { first, after }: { readonly first: number; readonly after?: AuditCursor },
  ): Promise<readonly AuditEvent[]> {
    const { text, values } = pageStatement(filter, Math.max(0, Math.trunc(first)), after)
    const rows = await this.#database.rows<AuditRow>({ name: this.#names.of(text), text, values })
    return rows.map(toAuditEvent)
  }
}

/** Each filter has an index in the order of the page, so a page reads little more than its rows, however many there are. */
export function pageStatement(filter: AuditFilter, first: number, after: AuditCursor | undefined) {
  const values: unknown[] = []
  const parameter = (value: unknown): string => `$${values.push(value)}`
  const where = conditions(filter, parameter)
  if (after !== undefined) {
    where.push(`(e.at, e.id) < (${parameter(after.at)}::timestamptz, ${parameter(after.id)}::bigint)`)
  }
  const order = `ORDER BY e.at DESC, e.id DESC LIMIT ${first}`
  const whereText = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`
  const { visibleProjects } = filter
  if (visibleProjects === undefined) {
    return { text: `SELECT ${AUDIT_COLUMNS} FROM audit_events e ${whereText} ${order}`, values }
  }
  // Some of each project, then the newest of these: one range of the index each.
  const visible = parameter(visibleProjects)
  const mine = ['e.project = p.project', ...where].join(' AND ')
  const text = `SELECT ${AUDIT_COLUMNS} FROM unnest(${visible}::text[]) AS p(project),
    LATERAL (SELECT e.* FROM audit_events e WHERE ${mine} ${order}) e ${order}`
  return { text, values }
}

function conditions(filter: AuditFilter, parameter: (value: unknown) => string): string[] {
  const { outcome, from, to, text } = filter
  const where: string[] = []
  for (const name of ['actor', 'action', 'object', 'project'] as const) {
    if (filter[name] !== undefined) where.push(`e.${name} = ${parameter(filter[name])}`)
  }
  // As text, so that the planner finds the index of the rare ones.
  if (outcome !== undefined && AUDIT_OUTCOMES.includes(outcome)) where.push(`e.outcome = '${outcome}'`)
  if (from !== undefined) where.push(`e.at >= ${parameter(from)}::timestamptz`)
  if (to !== undefined) where.push(`e.at < ${parameter(to)}::timestamptz`)
  const words = text === undefined ? [] : wordsOf(text).slice(0, MOST_WORDS)
  if (words.length > 0) {
    const query = words.map((word) => `'${word}':*`).join(' & ')
    where.push(`${WORDS} @@ ${parameter(query)}::tsquery`)
  }
  return where
}
