import { AppError } from '../base/app-error.js'
import { NotVisible } from '../base/not-visible.js'
import type { Principal } from '../engine/access/principal.js'
import type { ApplicationList, ApplicationListRow } from '../store/application-list.js'
import { refuseApplication, type ApplicationName } from './application-access.js'

/** Reads applications with their status as it may be shown now. */
export class GetApplication {
  private readonly list: ApplicationList

  constructor(list: ApplicationList) {
    this.list = list
  }

  /** NOT_FOUND also for what the principal may not see. */
  async run(principal: Principal, name: ApplicationName): Promise<ApplicationListRow> {
    const row = await this.list.byName(name.namespace, name.name)
    const absent = `Application "${name.name}" does not exist in namespace "${name.namespace}".`
    if (row === undefined) throw new AppError('NOT_FOUND', absent)
    if (refuseApplication(principal, 'get', row.application) !== undefined) throw new NotVisible(absent)
    return row
  }

  /** Those of the given ids that exist and that the principal may see. */
  async many(principal: Principal, ids: readonly string[]): Promise<readonly ApplicationListRow[]> {
    return (await this.among(principal, ids)).visible
  }

  /** The same, and which of the ids do not exist for anybody. */
  async among(
    principal: Principal,
    ids: readonly string[],
  ): Promise<{ readonly visible: readonly ApplicationListRow[]; readonly gone: readonly string[] }> {
    const rows = await this.list.byIds(ids)
    const existing = new Set(rows.map(({ application }) => application.id))
    return {
      visible: rows.filter(
        ({ application }) => refuseApplication(principal, 'get', application) === undefined,
      ),
      gone: ids.filter((id) => !existing.has(id)),
    }
  }
}
