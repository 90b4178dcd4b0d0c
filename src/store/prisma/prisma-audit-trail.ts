import { AuditTrail, wordsOf, type AuditCursor, type AuditFilter } from '../audit-trail.js'
import { AUDIT_OUTCOMES, type AuditEvent } from '../records.js'
import { AUDIT_COLUMNS, toAuditEvent, type AuditRow } from './audit-row.js'
import type { Database } from './database.js'
import { StatementNames } from './statement-names.js'

const TEXT = `e.actor || ' ' || e.action || ' ' || e.object || ' ' || coalesce(e.project, '') || ' '
        || coalesce(e.details ->> 'objects', '') || ' ' || coalesce(e.details ->> 'reason', '')`
/** The expression of the index, letter by letter. */
const WORDS = `to_tsvector('simple', translate(
    ${TEXT},
    '/-_.:,;"[]{}()@=', '                '))`
const MOST_WORDS = 10
/** Words that fewer events have are found by their index; those of others come soon when one reads from the newest on. */
const FEW = 2_000

export interface PageStatement {
  readonly text: string
  readonly values: readonly unknown[]
}

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
    const query = wordQuery(filter.text)
    const isRare = query !== undefined && (await this.#isRare(query))
    const { text, values } = pageStatement(filter, { first: Math.max(0, Math.trunc(first)), after, isRare })
    const rows = await this.#database.rows<AuditRow>({ name: this.#names.of(text), text, values })
    return rows.map(toAuditEvent)
  }

  /** The planner cannot know: it does not see the words when it plans. */
  async #isRare(query: string): Promise<boolean> {
    const row = await this.#database.first<{ hits: number }>({
      name: 'audit-hits',
      text: `SELECT count(*)::int AS hits FROM (
        SELECT FROM audit_events e WHERE ${WORDS} @@ $1::tsquery LIMIT ${FEW + 1}) found`,
      values: [query],
    })
    return (row?.hits ?? 0) <= FEW
  }
}

interface Place {
  readonly first: number
  readonly after: AuditCursor | undefined
  /** Few events have the words. */
  readonly isRare: boolean
}

type Parameter = (value: unknown) => string

const ORDER = 'ORDER BY e.at DESC, e.id DESC'

/** Each filter has an index in the order of the page, so a page reads little more than its rows, however many there are. */
export function pageStatement(filter: AuditFilter, { first, after, isRare }: Place): PageStatement {
  const values: unknown[] = []
  const parameter: Parameter = (value) => `$${values.push(value)}`
  const where = conditions(filter, parameter)
  if (after !== undefined) {
    where.push(`(e.at, e.id) < (${parameter(after.at)}::timestamptz, ${parameter(after.id)}::bigint)`)
  }
  const limit = `LIMIT ${first}`
  const query = wordQuery(filter.text)
  const visible = filter.visibleProjects && `${parameter(filter.visibleProjects)}::text[]`
  if (query !== undefined && !isRare) {
    // From the newest on until the page is full. The words stand outside, or the planner sorts all events that have them.
    const all = whereText([...where, ...(visible === undefined ? [] : [`e.project = ANY(${visible})`])])
    const newest = `SELECT ${AUDIT_COLUMNS} FROM audit_events e ${all} ${ORDER} OFFSET 0`
    const told = whereText(textConditions(filter.text, parameter))
    return { text: `SELECT e.* FROM (${newest}) e ${told} ${limit}`, values }
  }
  const words = query && `${WORDS} @@ ${parameter(query)}::tsquery`
  const found = words ? `WITH found AS MATERIALIZED (SELECT * FROM audit_events e WHERE ${words})` : ''
  const source = words ? 'found' : 'audit_events'
  const of =
    visible === undefined ? `${source} e ${whereText(where)}` : ofProjects(source, where, { visible, limit })
  return { text: `${found} SELECT ${AUDIT_COLUMNS} FROM ${of} ${ORDER} ${limit}`, values }
}

/** Some of each project, and then the newest of these: one range of the index each. */
function ofProjects(
  source: string,
  where: readonly string[],
  { visible, limit }: { readonly visible: string; readonly limit: string },
): string {
  const mine = whereText(['e.project = p.project', ...where])
  return `unnest(${visible}) AS p(project), LATERAL (SELECT e.* FROM ${source} e ${mine} ${ORDER} ${limit}) e`
}

function whereText(conditionsOf: readonly string[]): string {
  return conditionsOf.length === 0 ? '' : `WHERE ${conditionsOf.join(' AND ')}`
}

function conditions(filter: AuditFilter, parameter: Parameter): string[] {
  const { outcome, from, to } = filter
  const where: string[] = []
  for (const name of ['actor', 'action', 'object', 'project'] as const) {
    if (filter[name] !== undefined) where.push(`e.${name} = ${parameter(filter[name])}`)
  }
  // As text, so that the planner finds the index of the rare ones.
  if (outcome !== undefined && AUDIT_OUTCOMES.includes(outcome)) where.push(`e.outcome = '${outcome}'`)
  if (from !== undefined) where.push(`e.at >= ${parameter(from)}::timestamptz`)
  if (to !== undefined) where.push(`e.at < ${parameter(to)}::timestamptz`)
  return where
}

/** Without the index: whatever has the words has them as parts of its text, which is cheap to see. */
function textConditions(text: string | undefined, parameter: Parameter): readonly string[] {
  const query = wordQuery(text)
  if (text === undefined || query === undefined) return []
  const parts = searched(text).map(({ word }) => {
    return `lower(${TEXT}) LIKE ${parameter(`%${word.replace(/[\\%_]/g, (mark) => `\\${mark}`)}%`)}`
  })
  return [...parts, `${WORDS} @@ ${parameter(query)}::tsquery`]
}

function wordQuery(text: string | undefined): string | undefined {
  const words = text === undefined ? [] : searched(text)
  if (words.length === 0) return undefined
  return words.map(({ word, isBeginning }) => `'${word}'${isBeginning ? ':*' : ''}`).join(' & ')
}

function searched(text: string) {
  return wordsOf(text).slice(0, MOST_WORDS)
}
