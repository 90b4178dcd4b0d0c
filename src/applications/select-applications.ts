import { AppError } from '../base/app-error.js'
import { applicationObject } from '../engine/access/application-object.js'
import type { Principal } from '../engine/access/principal.js'
import { visibility } from '../engine/access/visibility.js'
import type { ApplicationList } from '../store/application-list.js'
import type { ApplicationName } from './application-access.js'
import type { ApplicationWishFilter } from './list-applications.js'

/** Which applications a change is about: by name, or all that fit a filter. */
export interface ApplicationChoice {
  readonly names?: readonly ApplicationName[]
  readonly filter?: ApplicationWishFilter
  /** How many the caller expects; another number is refused before anything is done. */
  readonly expected?: number
}

/** A larger fleet is changed in parts, so that one request stays short. */
export const MOST_APPLICATIONS = 1000

/** Finds the applications that one request changes, among those that the caller sees; a filter may not be empty. */
export class SelectApplications {
  private readonly list: ApplicationList

  constructor(list: ApplicationList) {
    this.list = list
  }

  async run(principal: Principal, choice: ApplicationChoice): Promise<readonly ApplicationName[]> {
    const chosen = unique(choice.names ?? (await this.fitting(principal, choice.filter ?? {})))
    if (chosen.length > MOST_APPLICATIONS) {
      throw refused(
        `${chosen.length} are chosen, at most ${MOST_APPLICATIONS} go at once. Narrow the filter.`,
      )
    }
    if (choice.expected !== undefined && choice.expected !== chosen.length) {
      throw refused(`${chosen.length} are chosen, not ${choice.expected}. Look at the list again.`)
    }
    return chosen
  }

  private async fitting(
    principal: Principal,
    filter: ApplicationWishFilter,
  ): Promise<readonly ApplicationName[]> {
    if (Object.keys(filter).length === 0)
      throw refused('nothing says which. Name them, or give a filter that is not empty.')
    const { projects, exact, sees } = visibility(principal, 'applications', 'get')
    const found = await this.list.identities(
      projects === 'all' ? filter : { ...filter, visibleProjects: projects },
    )
    return exact ? found : found.filter((one) => sees(applicationObject(one.project, one)))
  }
}

function unique(names: readonly ApplicationName[]): readonly ApplicationName[] {
  const byKey = new Map(
    names.map(({ namespace, name }) => [`${namespace}/${name}`, { namespace, name }] as const),
  )
  return [...byKey.values()].sort((a, b) =>
    a.name === b.name ? (a.namespace < b.namespace ? -1 : 1) : a.name < b.name ? -1 : 1,
  )
}

function refused(why: string): AppError {
  return new AppError('BAD_USER_INPUT', `Cannot change several applications: ${why}`)
}
