import type { QueryResultRow } from 'pg'
import { effectiveStatus, type FreshnessLimits } from '../../engine/status/freshness.js'
import type { Operation } from '../../engine/sync/operation.js'
import {
  ApplicationList,
  FACETS,
  MOST_FACET_VALUES,
  type ApplicationFacets,
  type ApplicationIdentity,
  type ApplicationListFilter,
  type ApplicationListRow,
  type ApplicationPageRequest,
  type FacetName,
  type FreshnessMark,
} from '../application-list.js'
import { JoinedReads } from '../joined-reads.js'
import { toApplication, type ApplicationRow } from './application-row.js'
import type { Database, Statement } from './database.js'
import { FRESHNESS_JOINS, freshnessSql, type FreshnessSql } from './freshness-sql.js'
import { ListQuery } from './list-query.js'
import { OPERATION_COLUMNS, toOperation, type OperationRow } from './operation-row.js'
import { StatementNames } from './statement-names.js'
import { toStatus, type StatusRow } from './status-rows.js'

const MOST = 100

type Row = ApplicationRow & { [Column in keyof StatusRow]: StatusRow[Column] | null } & {
  readonly is_stale: boolean | null
  readonly cluster_observed_at: Date | null
  readonly compared: boolean | null
  readonly blind_kinds: Readonly<Record<string, string>> | null
  readonly head_checked_at: Date | null
  readonly pinned: boolean
  readonly at: Date
  readonly sort_value: Date | number | string | null
}

/**
 * An application at a commit that changed nothing of it is compared at that commit: as long as what was compared is what is desired, its
 * revision is the head that it follows. Heads are stored after everything they affect.
 */
const REVISIONS = `CASE WHEN hd.commit IS NOT NULL AND d.revisions = s.revisions AND jsonb_array_length(s.revisions) = 1
  THEN jsonb_build_array(hd.commit) ELSE s.revisions END`

const ROW_JOINS = `LEFT JOIN application_status s ON s.application_id = a.id ${FRESHNESS_JOINS}
  LEFT JOIN application_desired d ON d.application_id = a.id
  LEFT JOIN repository_heads hd ON hd.repository_id = r.id AND hd.ref = a.head_ref`

function rowColumns({ clusterStale, headStale, headCheckedAt, blindKinds }: FreshnessSql): string {
  return `a.id, a.namespace, a.name, a.labels, a.annotations, a.spec, a.generation, a.deletion, a.created_at, a.pinned,
    s.application_id, s.sync, s.health, s.health_message, ${REVISIONS} AS revisions, s.conditions, s.observed_generation, s.observed_at,
    ${clusterStale} OR ${headStale} AS is_stale, h.observed_at AS cluster_observed_at, s.sequence > h.since_sequence AS compared,
    ${blindKinds} AS blind_kinds, ${headCheckedAt} AS head_checked_at, now() AS at`
}

const FACET_COLUMNS: Readonly<Record<Exclude<FacetName, 'sync' | 'health'>, string>> = {
  project: 'a.project',
  cluster: "COALESCE(a.destination_name, cs.name, a.destination_server, '')",
  namespace: "COALESCE(a.destination_namespace, '')",
  repository: "COALESCE(a.repositories[1], '')",
  autoSync: 'a.auto_sync::text',
}

export class PrismaApplicationList extends ApplicationList {
  readonly #database: Database
  readonly #limits: FreshnessLimits
  readonly #fresh: FreshnessSql
  readonly #columns: string
  readonly #names = new StatementNames('list')
  readonly #joined = new JoinedReads()

  constructor(database: Database, limits: FreshnessLimits) {
    super()
    this.#database = database
    this.#limits = limits
    this.#fresh = freshnessSql(limits)
    this.#columns = rowColumns(this.#fresh)
  }

  /** Many people look at the same page: equal pages at the same moment are read once. Visibility is part of the filter. */
  override page(
    filter: ApplicationListFilter,
    request: ApplicationPageRequest,
  ): Promise<{ readonly rows: readonly ApplicationListRow[]; readonly hasNextPage: boolean }> {
    return this.#joined.run(JSON.stringify([filter, request]), () => this.#page(filter, request))
  }

  async #page(
    filter: ApplicationListFilter,
    request: ApplicationPageRequest,
  ): Promise<{ readonly rows: readonly ApplicationListRow[]; readonly hasNextPage: boolean }> {
    const first = Math.max(0, Math.min(MOST, Math.trunc(request.first)))
    const query = new ListQuery(this.#fresh, filter)
    const { orderBy, sortValue } = query.order(request)
    // The limit is text: as a parameter the planner would expect a tenth of all rows, and plan anew each time.
    const rows = await this.#rows<Row>({
      text: `SELECT ${this.#columns}, ${sortValue} AS sort_value ${query.pageOf(ROW_JOINS, { ...request, orderBy })} LIMIT ${first + 1}`,
      values: query.values,
    })
    return {
      rows: rows.slice(0, first).map((row) => this.#toRow(row)),
      hasNextPage: rows.length > first,
    }
  }

  /** An event names the same ones to all who listen: read once for those who ask at the same moment. */
  override byIds(ids: readonly string[]): Promise<readonly ApplicationListRow[]> {
    return this.#joined.run(JSON.stringify({ ids }), () => this.#select('a.id = ANY($1::text[])', [ids]))
  }

  override async byName(namespace: string, name: string): Promise<ApplicationListRow | undefined> {
    return (await this.#select('a.name = $1 AND a.namespace = $2', [name, namespace]))[0]
  }

  override newestOperations(ids: readonly string[]): Promise<readonly Operation[]> {
    return this.#joined.run(JSON.stringify(ids), () => this.#newestOperations(ids))
  }

  async #newestOperations(ids: readonly string[]): Promise<readonly Operation[]> {
    const rows = await this.#rows<OperationRow>({
      text: `SELECT o.* FROM unnest($1::text[]) AS wanted(id), LATERAL (SELECT ${OPERATION_COLUMNS} FROM operations
        WHERE application_id = wanted.id ORDER BY started_at DESC LIMIT 1) o`,
      values: [ids],
    })
    return rows.map(toOperation)
  }

  override identities(filter: ApplicationListFilter): Promise<readonly ApplicationIdentity[]> {
    const query = new ListQuery(this.#fresh, filter)
    return this.#rows<{ id: string; project: string; namespace: string; name: string }>({
      text: `SELECT a.id, a.project, a.namespace, a.name ${query.from} ${query.whereText}`,
      values: query.values,
    })
  }

  override async total(filter: ApplicationListFilter): Promise<number> {
    const query = new ListQuery(this.#fresh, filter)
    const rows = await this.#rows<{ total: number }>({
      text: `SELECT count(*)::int AS total ${query.from} ${query.whereText}`,
      values: query.values,
    })
    return rows[0]?.total ?? 0
  }

  override async facets(filter: ApplicationListFilter): Promise<ApplicationFacets> {
    const query = new ListQuery(this.#fresh, filter)
    const columns: Readonly<Record<FacetName, string>> = {
      sync: query.sync,
      health: query.health,
      ...FACET_COLUMNS,
    }
    const names = FACETS.map((facet) => `"${facet}"`).join(', ')
    const rows = await this.#rows<{ facet: FacetName; value: string; count: number }>({
      text: `SELECT facet, value, count FROM (
          SELECT ${bitOf()} AS facet, COALESCE(${names}) AS value, count(*)::int AS count,
            row_number() OVER (PARTITION BY ${bitOf()} ORDER BY count(*) DESC, COALESCE(${names})) AS place
          FROM (SELECT ${FACETS.map((facet) => `${columns[facet]} AS "${facet}"`).join(', ')}
            FROM applications a LEFT JOIN application_status s ON s.application_id = a.id ${FRESHNESS_JOINS} ${query.operationJoin}
            ${query.whereText} OFFSET 0) AS fitting
          GROUP BY GROUPING SETS (${FACETS.map((facet) => `("${facet}")`).join(', ')})) AS counted
        WHERE place <= ${MOST_FACET_VALUES} ORDER BY facet, place`,
      values: query.values,
    })
    const facets = FACETS.map((facet) => [facet, rows.filter((row) => row.facet === facet).map(toCount)])
    return Object.fromEntries(facets) as ApplicationFacets
  }

  override freshnessMarks(): Promise<readonly FreshnessMark[]> {
    const stale = (time: string, ms: number): string =>
      `COALESCE(${time} < now() - interval '${Math.round(ms)} milliseconds', true)`
    return this.#rows<{ kind: 'cluster' | 'repository'; name: string; state: string }>({
      text: `SELECT 'cluster' AS kind, c.server AS name,
          concat_ws(' ', ${stale('h.observed_at', this.#limits.clusterMs)}, h.since_sequence, h.blind_kinds) AS state
        FROM clusters c LEFT JOIN cluster_heartbeats h ON h.cluster_id = c.id
        UNION ALL SELECT 'repository', normalized_url, ${stale('heads_checked_at', this.#limits.headMs)}::text FROM repositories`,
      values: [],
    })
  }

  #rows<R extends QueryResultRow>(statement: Omit<Statement, 'name'>): Promise<readonly R[]> {
    return this.#database.rows<R>({ ...statement, name: this.#names.of(statement.text) })
  }

  async #select(where: string, values: readonly unknown[]): Promise<readonly ApplicationListRow[]> {
    const rows = await this.#rows<Row>({
      text: `SELECT ${this.#columns}, NULL::text AS sort_value FROM applications a ${ROW_JOINS} WHERE ${where} ORDER BY a.name, a.namespace`,
      values,
    })
    return rows.map((row) => this.#toRow(row))
  }

  #toRow(row: Row): ApplicationListRow {
    const application = toApplication(row)
    const sortValue = row.sort_value === null ? {} : { sortValue: textOf(row.sort_value) }
    if (row.application_id === null) return { application, ...sortValue }
    const stored = toStatus(row as StatusRow)
    const confirmed = confirmedAt(row)
    const status = row.is_stale === false ? stored : this.#shown(stored, row)
    return {
      application,
      status: confirmed === undefined ? status : { ...status, confirmedAt: confirmed },
      ...sortValue,
    }
  }

  #shown(stored: ReturnType<typeof toStatus>, row: Row) {
    return effectiveStatus(stored, {
      clusterObservedAt: row.cluster_observed_at?.getTime(),
      comparedSinceBegin: row.compared === true,
      blindKinds: row.blind_kinds ?? undefined,
      headCheckedAt: row.pinned ? null : row.head_checked_at?.getTime(),
      now: row.at.getTime(),
      limits: this.#limits,
    })
  }
}

/** Both sides were seen until the earlier of the two. */
function confirmedAt({
  cluster_observed_at: cluster,
  head_checked_at: head,
  pinned,
}: Row): string | undefined {
  if (cluster === null) return undefined
  if (pinned) return cluster.toISOString()
  return head === null || head > cluster ? ((head && cluster.toISOString()) ?? undefined) : head.toISOString()
}

/** Which grouping set a row belongs to: its bit is the one that is not set. */
function bitOf(): string {
  const cases = FACETS.map((facet) => `WHEN GROUPING("${facet}") = 0 THEN '${facet}'`)
  return `CASE ${cases.join(' ')} END`
}

function toCount({ value, count }: { readonly value: string; readonly count: number }) {
  return { value, count }
}

function textOf(value: Date | number | string): string {
  return value instanceof Date ? value.toISOString() : String(value)
}
