import { AppError } from '../base/app-error.js'
import { visibility } from '../engine/access/visibility.js'
import type { Principal } from '../engine/access/principal.js'
import type { ApplicationList, ApplicationListFilter, ApplicationListRow } from '../store/application-list.js'
import { refuseApplication, type ApplicationName } from './application-access.js'

export interface ApplicationPageWish {
  readonly first: number
  readonly after?: ApplicationName
  readonly filter: Omit<ApplicationListFilter, 'visibleProjects'>
}

export interface ApplicationPage {
  readonly rows: readonly ApplicationListRow[]
  readonly hasNextPage: boolean
}

const MAX_FIRST = 100
/** Rows that a fine-grained policy hides are replaced from later pages, at most this often. */
const MAX_ROUNDS = 10

/** One page of the applications that the principal may see, by name then namespace. */
export class ListApplications {
  private readonly list: ApplicationList

  constructor(list: ApplicationList) {
    this.list = list
  }

  async run(principal: Principal, wish: ApplicationPageWish): Promise<ApplicationPage> {
    if (!Number.isInteger(wish.first) || wish.first < 1 || wish.first > MAX_FIRST) {
      throw new AppError('BAD_USER_INPUT', `Cannot list applications: "first" must be 1 to ${MAX_FIRST}.`)
    }
    const { projects } = visibility(principal, 'applications', 'get')
    const filter = projects === 'all' ? wish.filter : { ...wish.filter, visibleProjects: projects }
    const rows: ApplicationListRow[] = []
    let after = wish.after
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const page = await this.list.page(filter, { first: wish.first - rows.length, ...(after && { after }) })
      rows.push(
        ...page.rows.filter((row) => refuseApplication(principal, 'get', row.application) === undefined),
      )
      after = page.rows.at(-1)?.application
      if (!page.hasNextPage || rows.length >= wish.first) return { rows, hasNextPage: page.hasNextPage }
    }
    return { rows, hasNextPage: true }
  }
}
