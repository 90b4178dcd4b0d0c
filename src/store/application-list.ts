import type { Application } from '../engine/application/application.js'
import type { LabelTerm } from '../engine/application/label-selector.js'
import type { HealthStatus } from '../engine/health/health.js'
import type { SyncStatus } from '../engine/status/application-status.js'
import type { EffectiveStatus } from '../engine/status/freshness.js'
import type { Operation, OperationPhase } from '../engine/sync/operation.js'

export interface ApplicationListFilter {
  /** Projects that the caller may see; `undefined` = all. */
  readonly visibleProjects?: readonly string[]
  /** Applications that the caller may see, where projects alone do not say it; `undefined` = all. */
  readonly visibleIds?: readonly string[]
  readonly project?: string
  /** As it is shown: what is stale is Unknown. */
  readonly sync?: SyncStatus
  readonly health?: HealthStatus
  /** Name or server of the destination. */
  readonly cluster?: string
  /** Namespace of the destination. */
  readonly namespace?: string
  /** Namespace of the declaration. */
  readonly appNamespace?: string
  /** URL of any of its repositories, in any spelling. */
  readonly repository?: string
  readonly labels?: readonly LabelTerm[]
  /** Of the newest operation. */
  readonly operationPhase?: OperationPhase
  readonly autoSync?: boolean
  /** Part of name, project, repository URL or path; case of ASCII letters aside. */
  readonly text?: string
}

export interface ApplicationListRow {
  readonly application: Application
  /** As it may be shown now. `resources` is empty here: the list does not show them. */
  readonly status?: EffectiveStatus
  /** Where the row stands in a list that is not sorted by name: for the cursor. */
  readonly sortValue?: string
}

export type ApplicationSortField = 'name' | 'createdAt' | 'health' | 'sync' | 'lastSync'

export interface ApplicationOrder {
  /** Ties are broken by name and namespace. `lastSync` = start of the newest operation, never comes first. */
  readonly field: ApplicationSortField
  readonly descending: boolean
}

/** The last row of the page before. */
export interface ApplicationCursor {
  readonly name: string
  readonly namespace: string
  /** Needed in every order but `name`. */
  readonly value?: string
}

export interface ApplicationPageRequest {
  /** At most 100. */
  readonly first: number
  readonly after?: ApplicationCursor
  /** Default: by name. */
  readonly order?: ApplicationOrder
}

export interface ApplicationIdentity {
  readonly id: string
  readonly project: string
  readonly namespace: string
  readonly name: string
}

export interface FacetCount {
  readonly value: string
  readonly count: number
}

/** How many applications have each value; most frequent first, at most 100 values each. */
export type ApplicationFacets = Readonly<Record<FacetName, readonly FacetCount[]>>

export const FACETS = ['sync', 'health', 'project', 'cluster', 'namespace', 'repository', 'autoSync'] as const
export type FacetName = (typeof FACETS)[number]
export const MOST_FACET_VALUES = 100

/** What the freshness of many applications hangs on. `state` is another text whenever that may have changed. */
export interface FreshnessMark {
  readonly kind: 'cluster' | 'repository'
  /** Server of the cluster, normalised URL of the repository. */
  readonly name: string
  readonly state: string
}

/** Best first: the ascending order of a list. */
export const SYNC_ORDER: readonly SyncStatus[] = ['Synced', 'Unknown', 'OutOfSync']

/** The read model of the list, of one application and of subscriptions: statuses are derived fresh in the same query. */
export abstract class ApplicationList {
  /** One query; `hasNextPage` without counting. */
  abstract page(
    filter: ApplicationListFilter,
    request: ApplicationPageRequest,
  ): Promise<{ readonly rows: readonly ApplicationListRow[]; readonly hasNextPage: boolean }>
  /** Those that exist, by name. */
  abstract byIds(ids: readonly string[]): Promise<readonly ApplicationListRow[]>
  abstract byName(namespace: string, name: string): Promise<ApplicationListRow | undefined>
  /** Of each application the active operation, else the newest one. */
  abstract newestOperations(ids: readonly string[]): Promise<readonly Operation[]>
  /** All that fit, without what they are: for policies that SQL cannot express. */
  abstract identities(filter: ApplicationListFilter): Promise<readonly ApplicationIdentity[]>
  abstract total(filter: ApplicationListFilter): Promise<number>
  abstract facets(filter: ApplicationListFilter): Promise<ApplicationFacets>
  /** One per cluster and repository, however many applications there are. */
  abstract freshnessMarks(): Promise<readonly FreshnessMark[]>
}
