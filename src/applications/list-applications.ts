import { AppError } from '../base/app-error.js'
import { visibility, type Visibility } from '../engine/access/visibility.js'
import type { Principal } from '../engine/access/principal.js'
import type {
  ApplicationCursor,
  ApplicationFacets,
  ApplicationList,
  ApplicationListFilter,
  ApplicationListRow,
  ApplicationOrder,
} from '../store/application-list.js'
import { applicationObject } from '../engine/access/application-object.js'
import { refuseApplication } from './application-access.js'

export type ApplicationWishFilter = Omit<ApplicationListFilter, 'visibleProjects' | 'visibleIds'>

export interface ApplicationPageWish {
  readonly first: number
  readonly after?: ApplicationCursor
  readonly order?: ApplicationOrder
  readonly filter: ApplicationWishFilter
}

export interface ApplicationPage {
  readonly rows: readonly ApplicationListRow[]
  readonly hasNextPage: boolean
}

const MAX_FIRST = 100
/** Rows that a fine-grained policy hides are replaced from later pages, at most this often. */
const MAX_ROUNDS = 10

/** The applications that the principal may see: a page of them, how many there are, and how they spread. */
export class ListApplications {
  private readonly list: ApplicationList

  constructor(list: ApplicationList) {
    this.list = list
  }

  async run(principal: Principal, wish: ApplicationPageWish): Promise<ApplicationPage> {
    if (!Number.isInteger(wish.first) || wish.first < 1 || wish.first > MAX_FIRST) {
      throw new AppError('BAD_USER_INPUT', `Cannot list applications: "first" must be 1 to ${MAX_FIRST}.`)
    }
    const seen = visibility(principal, 'applications', 'get')
    const filter = withProjects(wish.filter, seen)
    if (!seen.exact) return this.fill(principal, wish, filter)
    return this.list.page(filter, wish)
  }

  /** How many fit; costs a count, so it is asked for on its own. */
  async total(principal: Principal, filter: ApplicationWishFilter): Promise<number> {
    return this.list.total(await this.visible(principal, filter))
  }

  /** How those that fit spread over status, project and so on. */
  async facets(principal: Principal, filter: ApplicationWishFilter): Promise<ApplicationFacets> {
    return this.list.facets(await this.visible(principal, filter))
  }

  /** Policies that say more than projects cannot be asked in SQL: rows are, and the page is filled from later ones. */
  private async fill(
    principal: Principal,
    wish: ApplicationPageWish,
    filter: ApplicationListFilter,
  ): Promise<ApplicationPage> {
    const rows: ApplicationListRow[] = []
    let { after } = wish
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const page = await this.list.page(filter, { ...wish, first: MAX_FIRST, ...(after && { after }) })
      const visible = page.rows.filter(
        (row) => refuseApplication(principal, 'get', row.application) === undefined,
      )
      rows.push(...visible)
      if (rows.length > wish.first) return { rows: rows.slice(0, wish.first), hasNextPage: true }
      const last = page.rows.at(-1)
      if (!page.hasNextPage || last === undefined) return { rows, hasNextPage: false }
      after = cursorOf(last)
    }
    return { rows, hasNextPage: true }
  }

  private async visible(principal: Principal, filter: ApplicationWishFilter): Promise<ApplicationListFilter> {
    const seen = visibility(principal, 'applications', 'get')
    const wider = withProjects(filter, seen)
    if (seen.exact) return wider
    const all = await this.list.identities(wider)
    const visible = all.filter((identity) => seen.sees(applicationObject(identity.project, identity)))
    return { ...wider, visibleIds: visible.map(({ id }) => id) }
  }
}

/** Where a page goes on after this row. */
export function cursorOf({ application, sortValue }: ApplicationListRow): ApplicationCursor {
  const { name, namespace } = application
  return { name, namespace, ...(sortValue !== undefined && { value: sortValue }) }
}

function withProjects(filter: ApplicationWishFilter, { projects }: Visibility): ApplicationListFilter {
  return projects === 'all' ? filter : { ...filter, visibleProjects: projects }
}
