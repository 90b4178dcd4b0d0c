import type { Application } from '../../engine/application/application.js'
import { fitsLabels } from '../../engine/application/label-selector.js'
import { HEALTH_ORDER, type HealthStatus } from '../../engine/health/health.js'
import type { SyncStatus } from '../../engine/status/application-status.js'
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
  type ApplicationSortField,
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

function fits(line: Line, filter: ApplicationListFilter): boolean {
  return isVisible(line, filter) && hasFacts(line, filter) && isAbout(line, filter)
}

function isVisible({ application }: Line, { visibleProjects, visibleIds }: ApplicationListFilter): boolean {
  const inProject = visibleProjects?.includes(application.spec.project) ?? true
  return inProject && (visibleIds?.includes(application.id) ?? true)
}

function hasFacts(line: Line, filter: ApplicationListFilter): boolean {
  const { application, operation } = line
  const { destinationNamespace, autoSync } = listColumns(application)
  const facts: readonly (readonly [unknown, unknown])[] = [
    [filter.project, application.spec.project],
    [filter.sync, syncOf(line)],
    [filter.health, healthOf(line)],
    [filter.namespace, destinationNamespace],
    [filter.appNamespace, application.namespace],
    [filter.autoSync, autoSync],
    [filter.operationPhase, operation?.phase],
  ]
  return facts.every(([wanted, actual]) => wanted === undefined || wanted === actual)
}

function isAbout({ application, clusterNames }: Line, filter: ApplicationListFilter): boolean {
  const { cluster, repository, labels = [], text = '' } = filter
  return (
    (cluster === undefined || clusterNames.includes(cluster)) &&
    (repository === undefined || repositoriesOf(application).includes(normalizedUrl(repository))) &&
    fitsLabels(application.labels, labels) &&
    listColumns(application).search.includes(searchForm(text))
  )
}

/** An application without a status counts as Unknown. */
function syncOf({ status }: Line): SyncStatus {
  return status?.sync ?? 'Unknown'
}

function healthOf({ status }: Line): HealthStatus {
  return status?.health.status ?? 'Unknown'
}

function repositoriesOf({ spec }: Application): readonly string[] {
  return (spec.sources ?? [spec.source]).flatMap((source) => (source ? [normalizedUrl(source.repoURL)] : []))
}

function cursorOf(line: Line, { order }: ApplicationPageRequest): ApplicationCursor {
  const { name, namespace } = line.application
  const value = sortValueOf(line, order?.field ?? 'name')
  return { name, namespace, ...(value !== undefined && { value }) }
}

function sortValueOf(line: Line, field: ApplicationSortField): string | undefined {
  switch (field) {
    case 'name':
      return undefined
    case 'createdAt':
      return line.application.createdAt
    case 'lastSync':
      return line.operation?.startedAt ?? new Date(0).toISOString()
    case 'sync':
      return String(SYNC_ORDER.indexOf(syncOf(line)) + 1)
    case 'health':
      return String(HEALTH_ORDER.indexOf(healthOf(line)) + 1)
  }
}

/** Values of one order have the same form: single digits, or ISO times. */
function compareValues(a: string | undefined, b: string | undefined): number {
  if (a === b || a === undefined || b === undefined) return 0
  return a < b ? -1 : 1
}

function facetOf(line: Line, facet: FacetName): string {
  const { application } = line
  const values: Readonly<Record<FacetName, string>> = {
    sync: syncOf(line),
    health: healthOf(line),
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
