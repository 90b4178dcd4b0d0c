import { ApplicationList, type ApplicationListFilter, type ApplicationListRow } from '../application-list.js'
import { toApplication, type ApplicationRow } from './application-row.js'
import type { Database } from './database.js'
import { toStatus, type StatusRow } from './status-rows.js'

const MOST = 100

type Row = ApplicationRow & { [Column in keyof StatusRow]: StatusRow[Column] | null }

export class PrismaApplicationList extends ApplicationList {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async page(
    filter: ApplicationListFilter,
    page: { readonly first: number; readonly after?: { readonly name: string; readonly namespace: string } },
  ): Promise<{ readonly rows: readonly ApplicationListRow[]; readonly hasNextPage: boolean }> {
    const first = Math.max(0, Math.min(MOST, Math.trunc(page.first)))
    const { where, values, name } = conditions(filter, page.after)
    const rows = await this.#database.rows<Row>({
      name,
      text: `SELECT a.id, a.namespace, a.name, a.labels, a.annotations, a.spec, a.generation, a.deletion, a.created_at,
          s.application_id, s.sync, s.health, s.health_message, s.revisions, s.conditions, s.observed_generation, s.observed_at
        FROM applications a LEFT JOIN application_status s ON s.application_id = a.id
        ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}
        ORDER BY a.name, a.namespace LIMIT $${values.length + 1}`,
      values: [...values, first + 1],
    })
    return { rows: rows.slice(0, first).map(toListRow), hasNextPage: rows.length > first }
  }
}

function toListRow(row: Row): ApplicationListRow {
  const application = toApplication(row)
  return row.application_id === null ? { application } : { application, status: toStatus(row as StatusRow) }
}

/** Only fixed SQL and numbered parameters; an application without a status counts as Unknown. */
function conditions(
  filter: ApplicationListFilter,
  after: { readonly name: string; readonly namespace: string } | undefined,
): { readonly where: readonly string[]; readonly values: readonly unknown[]; readonly name: string } {
  const where: string[] = []
  const values: unknown[] = []
  let name = 'application-list'
  const add = (sql: (parameter: string) => string, value: unknown): void => {
    name += value === undefined ? '-' : '+'
    if (value === undefined) return
    values.push(value)
    where.push(sql(`$${values.length}`))
  }
  add((p) => `a.project = ANY(${p}::text[])`, filter.visibleProjects)
  add((p) => `a.project = ${p}`, filter.project)
  add((p) => `COALESCE(s.sync, 'Unknown') = ${p}`, filter.sync)
  add((p) => `COALESCE(s.health, 'Unknown') = ${p}`, filter.health)
  add((p) => `a.name ILIKE ${p}`, filter.text === undefined ? undefined : `%${escapeLike(filter.text)}%`)
  if (after !== undefined) {
    name += 'after'
    values.push(after.name, after.namespace)
    where.push(`(a.name, a.namespace) > ($${values.length - 1}, $${values.length})`)
  }
  return { where, values, name }
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`)
}
