import type { Project } from '../../engine/project/project.js'
import { ApplicationFactsReader, type ApplicationFacts } from '../application-facts.js'
import { toApplication, type ApplicationRow } from './application-row.js'
import type { Database } from './database.js'
import { toDesired, type DesiredRow } from './desired-rows.js'
import { OPERATION_COLUMNS, toOperation, type OperationRow } from './operation-row.js'
import { CLUSTER_ID } from './waiting-rows.js'
import { STATUS_COLUMNS, toStatus, type StatusRow } from './status-rows.js'

/** The application as it is; columns of the joined tables begin with the letter of their table. */
type Row = ApplicationRow & {
  readonly cluster_id: string | null
  readonly scoped: Readonly<Record<string, string>> | null
} & Readonly<Record<string, unknown>>

const DESIRED_COLUMNS = 'application_id, generation, revisions, render_keys, inputs, error, updated_at'

/** What is not over comes before what is: a clock that is behind must not hide it. */
const NEWEST_OPERATION = `LEFT JOIN LATERAL (SELECT * FROM (
    (SELECT ${OPERATION_COLUMNS}, 0 AS place FROM operations WHERE application_id = a.id AND finished_at IS NULL)
    UNION ALL
    (SELECT ${OPERATION_COLUMNS}, 1 FROM operations WHERE application_id = a.id ORDER BY started_at DESC, id DESC LIMIT 1)
  ) AS newest ORDER BY place LIMIT 1) o ON true`

const TEXT = `SELECT a.id, a.namespace, a.name, a.labels, a.annotations, a.spec, a.generation, a.deletion, a.created_at,
    ${prefixed('d', DESIRED_COLUMNS)}, ${prefixed('o', OPERATION_COLUMNS)}, ${prefixed('p', 'id, name, spec, generation')},
    ${prefixed('s', STATUS_COLUMNS)}, ${CLUSTER_ID} AS cluster_id,
    (SELECT json_object_agg(r.normalized_url, r.project) FROM repositories r
      WHERE r.normalized_url = ANY(a.repositories) AND r.project IS NOT NULL) AS scoped
  FROM applications a LEFT JOIN application_desired d ON d.application_id = a.id
    LEFT JOIN projects p ON p.name = a.project
    LEFT JOIN application_status s ON s.application_id = a.id AND $2::boolean
    ${NEWEST_OPERATION} WHERE a.id = $1`

/** One statement for all of it: each run of the loop asks, so a round trip less counts. */
export class PrismaApplicationFacts extends ApplicationFactsReader {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async of(
    applicationId: string,
    wanted: { readonly status: boolean },
  ): Promise<ApplicationFacts | undefined> {
    const values = [applicationId, wanted.status]
    const row = await this.#database.first<Row>({ name: 'application-facts', text: TEXT, values })
    if (row === undefined) return undefined
    const operationRow = joined<OperationRow>(row, 'o', 'id')
    const desiredRow = joined<DesiredRow>(row, 'd', 'application_id')
    const statusRow = joined<StatusRow>(row, 's', 'application_id')
    const operation = operationRow && toOperation(operationRow)
    const isOver = operation?.finishedAt !== undefined
    return {
      application: toApplication(row),
      desired: desiredRow && toDesired(desiredRow),
      active: isOver ? undefined : operation,
      last: isOver ? operation : undefined,
      project: joined<Project>(row, 'p', 'id'),
      clusterId: row.cluster_id ?? undefined,
      repositoryProjects: row.scoped ?? undefined,
      status: statusRow && toStatus(statusRow),
    }
  }
}

function prefixed(table: string, columns: string): string {
  return columns
    .split(', ')
    .map((column) => `${table}.${column} AS ${table}_${column}`)
    .join(', ')
}

/** The columns of one table, unless it had no row. */
function joined<R>(row: Row, table: string, key: string): R | undefined {
  const prefix = `${table}_`
  if (row[`${prefix}${key}`] === null) return undefined
  const own = Object.entries(row).filter(([column]) => column.startsWith(prefix))
  return Object.fromEntries(own.map(([column, value]) => [column.slice(prefix.length), value])) as R
}
