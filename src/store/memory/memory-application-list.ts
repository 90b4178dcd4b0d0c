import type { Application } from '../../engine/application/application.js'
import type { ApplicationStatus } from '../../engine/status/application-status.js'
import { ApplicationList, type ApplicationListFilter, type ApplicationListRow } from '../application-list.js'
import { compareApplications, type ApplicationRows } from './memory-application-store.js'

const MOST = 100

export class MemoryApplicationList extends ApplicationList {
  readonly #rows: ApplicationRows

  constructor(rows: ApplicationRows) {
    super()
    this.#rows = rows
  }

  override async page(
    filter: ApplicationListFilter,
    page: { readonly first: number; readonly after?: { readonly name: string; readonly namespace: string } },
  ): Promise<{ readonly rows: readonly ApplicationListRow[]; readonly hasNextPage: boolean }> {
    const { after } = page
    const first = Math.max(0, Math.min(MOST, Math.trunc(page.first)))
    const rows = [...this.#rows.applications.values()]
      .sort(compareApplications)
      .filter((application) => after === undefined || compareApplications(application, after) > 0)
      .map((application) => toListRow(application, this.#rows.statuses.get(application.id)))
      .filter((row) => matches(row, filter))
    return { rows: rows.slice(0, first), hasNextPage: rows.length > first }
  }
}

function toListRow(application: Application, status: ApplicationStatus | undefined): ApplicationListRow {
  return status === undefined ? { application } : { application, status: { ...status, resources: [] } }
}

/** An application without a status counts as Unknown. */
function matches({ application, status }: ApplicationListRow, filter: ApplicationListFilter): boolean {
  const { name, spec } = application
  const facts: readonly (readonly [unknown, unknown])[] = [
    [filter.project, spec.project],
    [filter.sync, status?.sync ?? 'Unknown'],
    [filter.health, status?.health.status ?? 'Unknown'],
  ]
  return (
    facts.every(([wanted, actual]) => wanted === undefined || wanted === actual) &&
    (filter.visibleProjects?.includes(spec.project) ?? true) &&
    name.toLowerCase().includes((filter.text ?? '').toLowerCase())
  )
}
