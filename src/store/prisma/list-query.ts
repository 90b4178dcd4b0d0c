import { canonicalServer } from '../../engine/address/canonical-server.js'
import type { LabelTerm } from '../../engine/application/label-selector.js'
import { HEALTH_ORDER } from '../../engine/health/health.js'
import { SYNC_ORDER, type ApplicationListFilter, type ApplicationPageRequest } from '../application-list.js'
import { searchForm } from '../list-columns.js'
import { normalizedUrl } from '../normalized-url.js'
import { FRESHNESS_JOINS, type FreshnessSql } from './freshness-sql.js'

/** The newest operation: while one is active there is no newer one. */
export const OPERATION_JOIN = `LEFT JOIN LATERAL (SELECT phase, started_at FROM operations
  WHERE application_id = a.id ORDER BY started_at DESC LIMIT 1) o ON true`

interface PageOrder extends Pick<ApplicationPageRequest, 'order'> {
  readonly orderBy: string
}

/** Of more than these, too many applications would be put in order for one page. */
const FEW_PROJECTS = 20

const SYNC_VALUES: readonly string[] = SYNC_ORDER
const HEALTH_VALUES: readonly string[] = HEALTH_ORDER

/**
 * Builds the parts of one list statement: fixed SQL and numbered parameters. Words of closed unions are written into the text, so that
 * the planner knows how rare they are; everything else is a parameter.
 */
export class ListQuery {
  readonly values: unknown[] = []
  readonly #fresh: FreshnessSql
  /** Conditions on columns of the application and on the stored words of its status. */
  readonly #ofKeys: string[] = []
  /** Conditions that need what is joined to it. */
  readonly #ofRows: string[] = []
  #ofFewProjects = false
  #isNarrow = false
  #keysNeedStatus = false
  #needsStatus = false
  #needsOperation = false

  constructor(fresh: FreshnessSql, filter: ApplicationListFilter) {
    this.#fresh = fresh
    this.#byVisibility(filter)
    this.#byDeclaration(filter)
    this.#byStatus(filter)
  }

  get sync(): string {
    const { clusterStale, headStale } = this.#fresh
    return `CASE WHEN s.sync IS NULL OR ${clusterStale} OR ${headStale} THEN 'Unknown' ELSE s.sync END`
  }

  get health(): string {
    return `CASE WHEN s.health IS NULL OR ${this.#fresh.clusterStale} THEN 'Unknown' ELSE s.health END`
  }

  /** FROM for statements that show no status: joins only what the conditions need. */
  get from(): string {
    const status = this.#needsStatus
      ? `LEFT JOIN application_status s ON s.application_id = a.id ${FRESHNESS_JOINS}`
      : ''
    return `FROM applications a ${status} ${this.operationJoin}`
  }

  get operationJoin(): string {
    return this.#needsOperation ? OPERATION_JOIN : ''
  }

  get whereText(): string {
    return whereOf([...this.#ofKeys, ...this.#ofRows])
  }

  /**
   * FROM, WHERE and ORDER BY of a page. Few fit a text, or a word of the status in a few projects: they are found and put in order by
   * what the indexes hold (OFFSET 0 keeps that apart), and joined with the rest until the page is full. Others are walked in the order
   * of an index, or as the planner knows how rare a word is.
   */
  pageOf(joins: string, { order, orderBy }: PageOrder): string {
    if (!this.#isNarrow || (order?.field ?? 'name') !== 'name')
      return `FROM applications a ${joins} ${this.operationJoin} ${this.whereText} ORDER BY ${orderBy}`
    const status = this.#keysNeedStatus ? 'JOIN application_status s ON s.application_id = a.id' : ''
    return `FROM (SELECT a.id, a.name, a.namespace FROM applications a ${status} ${whereOf(this.#ofKeys)} ORDER BY ${orderBy} OFFSET 0) k
      JOIN applications a ON a.id = k.id ${joins} ${this.operationJoin} ${whereOf(this.#ofRows)} ORDER BY ${orderBy.replaceAll('a.', 'k.')}`
  }

  parameter(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }

  /** ORDER BY with its keyset condition; answers the expression of the value that the cursor keeps. */
  order({ order, after }: ApplicationPageRequest): { readonly orderBy: string; readonly sortValue: string } {
    const field = order?.field ?? 'name'
    const down = order?.descending === true
    const direction = down ? 'DESC' : 'ASC'
    if (field === 'name') {
      if (after !== undefined) {
        this.#ofKeys.push(
          `(a.name, a.namespace) ${down ? '<' : '>'} (${this.parameter(after.name)}, ${this.parameter(after.namespace)})`,
        )
      }
      return { orderBy: `a.name ${direction}, a.namespace ${direction}`, sortValue: 'NULL::text' }
    }
    const { expression, type } = this.#sortable(field)
    if (after !== undefined) this.#afterValue(expression, type, { after, down })
    return {
      orderBy: `${expression} ${direction}, a.name ${direction}, a.namespace ${direction}`,
      sortValue: expression,
    }
  }

  #afterValue(
    expression: string,
    type: string,
    { after, down }: { readonly after: NonNullable<ApplicationPageRequest['after']>; readonly down: boolean },
  ): void {
    const key = [after.value ?? '', after.name, after.namespace].map((value) => this.parameter(value))
    this.#ofRows.push(
      `(${expression}, a.name, a.namespace) ${down ? '<' : '>'} (${key[0]}::${type}, ${key[1]}, ${key[2]})`,
    )
  }

  #sortable(field: 'createdAt' | 'health' | 'sync' | 'lastSync') {
    if (field === 'createdAt') return { expression: 'a.created_at', type: 'timestamptz' }
    if (field === 'lastSync') {
      this.#needsOperation = true
      return { expression: `COALESCE(o.started_at, 'epoch'::timestamptz)`, type: 'timestamptz' }
    }
    this.#needsStatus = true
    const [words, value] = field === 'sync' ? [SYNC_VALUES, this.sync] : [HEALTH_VALUES, this.health]
    const list = words.map((word) => `'${word}'`).join(', ')
    return { expression: `array_position(ARRAY[${list}], ${value})`, type: 'int' }
  }

  #byVisibility({ visibleProjects, visibleIds }: ApplicationListFilter): void {
    const projects = visibleProjects?.length ?? Number.POSITIVE_INFINITY
    this.#ofFewProjects = visibleIds !== undefined || projects <= FEW_PROJECTS
    this.#add(visibleProjects, (p) => `a.project = ANY(${p}::text[])`)
    this.#add(visibleIds, (p) => `a.id = ANY(${p}::text[])`)
  }

  #byDeclaration(filter: ApplicationListFilter): void {
    this.#ofFewProjects ||= filter.project !== undefined
    this.#add(filter.project, (p) => `a.project = ${p}`)
    this.#add(
      filter.cluster === undefined ? undefined : canonicalServer(filter.cluster),
      (
        p,
      ) => `(a.destination_server = ANY(ARRAY(SELECT ${p} UNION SELECT server FROM clusters WHERE name = ${p}))
        OR a.destination_name = ANY(ARRAY(SELECT ${p} UNION SELECT name FROM clusters WHERE server = ${p})))`,
    )
    this.#add(filter.namespace, (p) => `a.destination_namespace = ${p}`)
    this.#add(filter.appNamespace, (p) => `a.namespace = ${p}`)
    const repository = filter.repository === undefined ? undefined : normalizedUrl(filter.repository)
    this.#add(repository, (p) => `a.repositories @> ARRAY[${p}::text]`)
    this.#add(filter.autoSync, (p) => `a.auto_sync = ${p}::boolean`)
    for (const term of filter.labels ?? []) this.#byLabel(term)
    const text = filter.text === undefined ? undefined : `%${escapeLike(searchForm(filter.text))}%`
    this.#isNarrow ||= text !== undefined
    this.#add(text, (p) => `a.search LIKE ${p}`)
  }

  #byLabel({ key, operator, values }: LabelTerm): void {
    if (operator === 'exists') this.#add(key, (p) => `a.labels ? ${p}`)
    else if (operator === 'absent') this.#add(key, (p) => `NOT a.labels ? ${p}`)
    else {
      const pairs = values.map((value) => JSON.stringify({ [key]: value }))
      const not = operator === 'in' ? '' : 'NOT '
      this.#add(pairs, (p) => `${not}a.labels @> ANY(${p}::text[]::jsonb[])`)
    }
  }

  #byStatus({ sync, health, operationPhase }: ApplicationListFilter): void {
    const { clusterStale, headStale } = this.#fresh
    this.#byWord({ column: 's.sync', words: SYNC_VALUES, stale: `(${clusterStale} OR ${headStale})` }, sync)
    this.#byWord({ column: 's.health', words: HEALTH_VALUES, stale: clusterStale }, health)
    this.#needsOperation = operationPhase !== undefined
    if (operationPhase !== undefined) this.#ofRows.push(`o.phase = ${this.parameter(operationPhase)}`)
  }

  #byWord(
    {
      column,
      words,
      stale,
    }: { readonly column: string; readonly words: readonly string[]; readonly stale: string },
    word: string | undefined,
  ): void {
    if (word === undefined || !words.includes(word)) return
    this.#needsStatus = true
    if (word === 'Unknown') {
      this.#ofRows.push(`(${column} IS NULL OR ${column} = 'Unknown' OR ${stale})`)
      return
    }
    this.#isNarrow ||= this.#ofFewProjects
    this.#keysNeedStatus = true
    this.#ofKeys.push(`${column} = '${word}'`)
    // Nearly all are fresh. The planner takes a half of what it cannot know, but nearly all of what is not equal to one value.
    this.#ofRows.push(`(CASE WHEN ${stale} THEN 1 ELSE 0 END) <> 1`)
  }

  #add(value: unknown, sql: (parameter: string) => string): void {
    if (value !== undefined) this.#ofKeys.push(sql(this.parameter(value)))
  }
}

function whereOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`)
}
