import { AuditTrail, wordsOf, type AuditCursor, type AuditFilter } from '../audit-trail.js'
import type { AuditEvent } from '../records.js'
import type { Ledger } from './ledger.js'

export class MemoryAuditTrail extends AuditTrail {
  readonly #ledger: Ledger

  constructor(ledger: Ledger) {
    super()
    this.#ledger = ledger
  }

  override async page(
    filter: AuditFilter,
    { first, after }: { readonly first: number; readonly after?: AuditCursor },
  ): Promise<readonly AuditEvent[]> {
    return this.#ledger.events
      .toReversed()
      .filter((event) => after === undefined || isBehind(event, after))
      .filter((event) => fits(event, filter))
      .slice(0, first)
  }
}

function isBehind({ at, id }: AuditEvent, after: AuditCursor): boolean {
  return at < after.at || (at === after.at && Number(id) < Number(after.id))
}

const EQUAL = ['actor', 'action', 'object', 'project', 'outcome'] as const

function fits(event: AuditEvent, filter: AuditFilter): boolean {
  const { from, to, text, visibleProjects } = filter
  if (EQUAL.some((name) => filter[name] !== undefined && event[name] !== filter[name])) return false
  if (from !== undefined && event.at < from) return false
  if (to !== undefined && event.at >= to) return false
  if (visibleProjects !== undefined && !visibleProjects.includes(event.project ?? '')) return false
  return text === undefined || hasWords(event, text)
}

function hasWords({ actor, action, object, project, details }: AuditEvent, text: string): boolean {
  const { objects, reason } = details ?? {}
  const told = [actor, action, object, project, objects && JSON.stringify(objects), reason].join(' ')
  const words = wordsOf(told).map(({ word }) => word)
  return wordsOf(text).every(({ word, isBeginning }) =>
    words.some((one) => (isBeginning ? one.startsWith(word) : one === word)),
  )
}
