import type { AuditEvent, AuditOutcome } from './records.js'

export interface AuditFilter {
  readonly actor?: string
  readonly action?: string
  readonly object?: string
  readonly project?: string
  readonly outcome?: AuditOutcome
  /** ISO 8601; inclusive. */
  readonly from?: string
  /** ISO 8601; exclusive. */
  readonly to?: string
  /**
   * Each word must be a word of actor, action, object, project, reason or of the objects that were written; `web*` is the
   * beginning of one.
   */
  readonly text?: string
  /** Only events of these projects; absent = all events. */
  readonly visibleProjects?: readonly string[]
}

/** Where a page goes on: behind this event. */
export interface AuditCursor {
  readonly at: string
  readonly id: string
}

/** What was written, for people: newest first. */
export abstract class AuditTrail {
  /** At most `first` events behind the cursor. */
  abstract page(
    filter: AuditFilter,
    request: { readonly first: number; readonly after?: AuditCursor },
  ): Promise<readonly AuditEvent[]>
}

export interface SearchedWord {
  readonly word: string
  /** `web*`: the word may go on. */
  readonly isBeginning: boolean
}

/** The words of a text, as the trail compares them. */
export function wordsOf(text: string): readonly SearchedWord[] {
  return text
    .toLowerCase()
    .split(/[\s/\-_.:,;"[\]{}()@=&|!'<>\\]+/)
    .map((part) => ({ word: part.replaceAll('*', ''), isBeginning: part.endsWith('*') }))
    .filter(({ word }) => word !== '')
}
