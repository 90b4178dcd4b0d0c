import { AppError } from '../base/app-error.js'
import type { Principal } from '../engine/access/principal.js'
import type { AuditCursor, AuditFilter, AuditTrail } from '../store/audit-trail.js'
import type { AuditEvent } from '../store/records.js'
import { auditReach, type AuditReach } from './audit-reach.js'

export type AuditWishFilter = Omit<AuditFilter, 'visibleProjects'>

export interface AuditWish {
  readonly filter: AuditWishFilter
  readonly first: number
  readonly after?: AuditCursor
}

export interface AuditPage {
  readonly events: readonly AuditEvent[]
  readonly hasNextPage: boolean
  /** Where the next page begins: behind the last event that was looked at. */
  readonly end?: AuditCursor
}

const MOST = 100
const MOST_TEXT = 500
/** Events that a policy hides are replaced from later pages, at most so often. */
const MOST_ROUNDS = 10

/** A page of the events that the principal may read, newest first. */
export class SearchAudit {
  readonly #trail: AuditTrail

  constructor(trail: AuditTrail) {
    this.#trail = trail
  }

  async run(principal: Principal, { filter, first, after }: AuditWish): Promise<AuditPage> {
    requireSane(filter, first)
    const { projects, show } = auditReach(principal)
    const wider = projects === 'all' ? filter : { ...filter, visibleProjects: projects }
    const page = new PageInMaking(first, after)
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const found = await this.#trail.page(wider, page.request)
      if (found.some((event) => !page.take(event, show))) return page.ended(true)
      if (found.length <= first) return page.ended(false)
    }
    return page.ended(true)
  }
}

/** Events are looked at in order; those that may be read are the page, the last one looked at is where it ends. */
class PageInMaking {
  readonly #first: number
  readonly #events: AuditEvent[] = []
  #end: AuditCursor | undefined

  constructor(first: number, after: AuditCursor | undefined) {
    this.#first = first
    this.#end = after
  }

  get request(): { readonly first: number; readonly after?: AuditCursor } {
    return { first: this.#first + 1, ...(this.#end && { after: this.#end }) }
  }

  /** False when the page is full: the event is for the next one. */
  take(event: AuditEvent, show: AuditReach['show']): boolean {
    if (this.#events.length === this.#first) return false
    this.#end = { at: event.at, id: event.id }
    const shown = show(event)
    if (shown !== undefined) this.#events.push(shown)
    return true
  }

  ended(hasNextPage: boolean): AuditPage {
    return { events: this.#events, hasNextPage, ...(this.#end && { end: this.#end }) }
  }
}

function requireSane({ text, from, to }: AuditWishFilter, first: number): void {
  const refuse = (why: string): never => {
    throw new AppError('BAD_USER_INPUT', `Cannot search the audit trail: ${why}`)
  }
  if (!Number.isInteger(first) || first < 1 || first > MOST) refuse(`"first" must be 1 to ${MOST}.`)
  if (text !== undefined && text.length > MOST_TEXT) {
    refuse(`the text is longer than ${MOST_TEXT} characters.`)
  }
  if (from !== undefined && to !== undefined && from >= to) refuse('"from" must be before "to".')
}
