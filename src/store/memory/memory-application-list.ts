import type { Application } from '../../engine/application/application.js'
import { fitsLabels } from '../../engine/application/label-selector.js'
import { HEALTH_ORDER } from '../../engine/health/health.js'
import type { Operation } from '../../engine/sync/operation.js'
import {
  ApplicationList,
  FACETS,
  MOST_FACET_VALUES,
  SYNC_ORDER,
  type ApplicationCursor,
  type ApplicationFacets,
  type ApplicationIdentity,
  type ApplicationListFilter,
  type ApplicationListRow,
  type ApplicationPageRequest,
  type FacetCount,
  type FacetName,
  type FreshnessMark,
} from '../application-list.js'
import { listColumns, searchForm } from '../list-columns.js'
import { normalizedUrl } from '../normalized-url.js'
import { compareApplications } from './memory-application-store.js'
import { MemoryFreshness, type MemoryFreshnessDeps } from './memory-freshness.js'
import type { MemoryOperationStore } from './memory-operation-store.js'

const MOST = 100

export interface MemoryApplicationListDeps extends MemoryFreshnessDeps {
  readonly operations: MemoryOperationStore
}

/** A row with what filters and orders look at. */
interface Line extends ApplicationListRow {
  readonly cluster: string
  readonly clusterNames: readonly (string | undefined)[]
  readonly operation: Operation | undefined
}

export class MemoryApplicationList extends ApplicationList {
  readonly #deps: MemoryApplicationListDeps

  constructor(deps: MemoryApplicationListDeps) {
    super()
    this.#deps = deps
  }

  override async page(
    filter: ApplicationListFilter,
    request: ApplicationPageRequest,
  ): Promise<{ readonly rows: readonly ApplicationListRow[]; readonly hasNextPage: boolean }> {
    const first = Math.max(0, Math.min(MOST, Math.trunc(request.first)))
    const sign = request.order?.descending === true ? -1 : 1
    const compare = (a: ApplicationCursor, b: ApplicationCursor): number =>
      sign * (compareValues(a.value, b.value) || compareApplications(a, b))
    const lines = (await this.#fitting(filter))
      .map((line) => ({ line, key: cursorOf(line, request) }))
      .filter(({ key }) => request.after === undefined || compare(key, request.after) > 0)
      .sort((a, b) => compare(a.key, b.key))
    const rows = lines.slice(0, first).map(({ line, key }) => toRow(line, key.value))
    return { rows, hasNextPage: lines.length > first }
  }

  override async byIds(ids: readonly string[]): Promise<readonly ApplicationListRow[]> {
    return (await this.#fitting({ visibleIds: ids })).map((line) => toRow(line, undefined))
  }

  override async byName(namespace: string, name: string): Promise<ApplicationListRow | undefined> {
    const found = await this.#fitting({ appNamespace: namespace })
    const line = found.find(({ application }) => application.name === name)
    return line && toRow(line, undefined)
  }

  override async newestOperations(ids: readonly string[]): Promise<readonly Operation[]> {
    const newest = await Promise.all(ids.map((id) => this.#deps.operations.history(id, 1)))
    return newest.flat()
  }

  override async identities(filter: ApplicationListFilter): Promise<readonly ApplicationIdentity[]> {
    return (await this.#fitting(filter)).map(({ application: { id, namespace, name, spec } }) => ({
      id,
      project: spec.project,
      namespace,
      name,
    }))
  }

  override async total(filter: ApplicationListFilter): Promise<number> {
    return (await this.#fitting(filter)).length
  }

  override async facets(filter: ApplicationListFilter): Promise<ApplicationFacets> {
    const lines = await this.#fitting(filter)
    const facets = FACETS.map((facet) => [facet, counts(lines.map((line) => facetOf(line, facet)))])
    return Object.fromEntries(facets) as ApplicationFacets
  }

  override async freshnessMarks(): Promise<readonly FreshnessMark[]> {
    return (await MemoryFreshness.read(this.#deps)).marks()
  }

  async #fitting(filter: ApplicationListFilter): Promise<readonly Line[]> {
    const freshness = await MemoryFreshness.read(this.#deps)
    const applications = [...this.#deps.rows.applications.values()].sort(compareApplications)
    const lines = await Promise.all(applications.map((application) => this.#line(application, freshness)))
    return lines.filter((line) => fits(line, filter))
  }

  async #line(application: Application, freshness: MemoryFreshness): Promise<Line> {
    const stored = this.#deps.rows.statuses.get(application.id)
    const record = freshness.clusterOf(application)
    const { server, name } = application.spec.destination
    const [operation] = await this.#deps.operations.history(application.id, 1)
    return {
      application,
      ...(stored === undefined ? {} : { status: freshness.shown(application, stored) }),
      cluster: name ?? record?.name ?? server ?? '',
      clusterNames: [server, name, record?.name, record?.server],
      operation,
    }
  }
}

function toRow({ application, status }: Line, sortValue: string | undefined): ApplicationListRow {
  return { application, ...(status && { status }), ...(sortValue !== undefined && { sortValue }) }
}

/** An application without a status counts as Unknown. */
function fits(line: Line, filter: ApplicationListFilter): boolean {
  const { application, status, operation, clusterNames } = line
  const { destinationNamespace, autoSync, search } = listColumns(application)
  const facts: readonly (readonly [unknown, unknown])[] = [
    [filter.project, application.spec.project],
    [filter.sync, status?.sync ?? 'Unknown'],
    [filter.health, status?.health.status ?? 'Unknown'],
    [filter.namespace, destinationNamespace],
    [filter.appNamespace, application.namespace],
    [filter.autoSync, autoSync],
    [filter.operationPhase, operation?.phase],
  ]
  return (
    facts.every(([wanted, actual]) => wanted === undefined || wanted === actual) &&
    (filter.visibleProjects?.includes(application.spec.project) ?? true) &&
    (filter.visibleIds?.includes(application.id) ?? true) &&
    (filter.cluster === undefined || clusterNames.includes(filter.cluster)) &&
    (filter.repository === undefined ||
      repositoriesOf(application).includes(normalizedUrl(filter.repository))) &&
    fitsLabels(application.labels, filter.labels ?? []) &&
    search.includes(searchForm(filter.text ?? ''))
  )
}

function repositoriesOf({ spec }: Application): readonly string[] {
  return (spec.sources ?? [spec.source]).flatMap((source) => (source ? [normalizedUrl(source.repoURL)] : []))
}

function cursorOf(line: Line, { order }: ApplicationPageRequest): ApplicationCursor {
  const { name, namespace } = line.application
  const value = sortValueOf(line, order?.field ?? 'name')
  return { name, namespace, ...(value !== undefined && { value }) }
}

function sortValueOf(
  line: Line,
  field: NonNullable<ApplicationPageRequest['order']>['field'],
): string | undefined {
  const { application, status, operation } = line
  if (field === 'createdAt') return application.createdAt
  if (field === 'lastSync') return operation?.startedAt ?? new Date(0).toISOString()
  if (field === 'sync') return String(SYNC_ORDER.indexOf(status?.sync ?? 'Unknown') + 1)
  if (field === 'health') return String(HEALTH_ORDER.indexOf(status?.health.status ?? 'Unknown') + 1)
  return undefined
}

/** Values of one order have the same form: single digits, or ISO times. */
function compareValues(a: string | undefined, b: string | undefined): number {
  if (a === b || a === undefined || b === undefined) return 0
  return a < b ? -1 : 1
}

function facetOf(line: Line, facet: FacetName): string {
  const { application, status } = line
  const values: Readonly<Record<FacetName, string>> = {
    sync: status?.sync ?? 'Unknown',
    health: status?.health.status ?? 'Unknown',
    project: application.spec.project,
    cluster: line.cluster,
    namespace: application.spec.destination.namespace ?? '',
    repository: repositoriesOf(application)[0] ?? '',
    autoSync: String(listColumns(application).autoSync),
  }
  return values[facet]
}

function counts(values: readonly string[]): readonly FacetCount[] {
  const found = new Map<string, number>()
  for (const value of values) found.set(value, (found.get(value) ?? 0) + 1)
  return [...found]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, MOST_FACET_VALUES)
}
