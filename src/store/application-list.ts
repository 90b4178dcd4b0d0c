import type { Application } from '../engine/application/application.js'
import type { ApplicationStatus, SyncStatus } from '../engine/status/application-status.js'
import type { HealthStatus } from '../engine/health/health.js'

export interface ApplicationListFilter {
  /** Projects that the caller may see; `undefined` = all. Filtered in SQL. */
  readonly visibleProjects?: readonly string[]
  readonly project?: string
  readonly sync?: SyncStatus
  readonly health?: HealthStatus
  /** Part of the name, case-insensitive. */
  readonly text?: string
}

export interface ApplicationListRow {
  readonly application: Application
  /** `resources` is empty here: the list does not show them. */
  readonly status?: ApplicationStatus
}

/** The list screen: one query, keyset by (name, namespace). */
export abstract class ApplicationList {
  /** At most `first` (≤ 100) rows after the key; `hasNextPage` without counting. */
  abstract page(
    filter: ApplicationListFilter,
    page: { readonly first: number; readonly after?: { readonly name: string; readonly namespace: string } },
  ): Promise<{ readonly rows: readonly ApplicationListRow[]; readonly hasNextPage: boolean }>
}
