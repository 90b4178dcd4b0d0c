import { reasonOf } from '../base/app-error.js'
import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { auditOrigin, withoutAuditOrigin, type AuditOrigin } from '../store/audit-origin.js'
import type { AuditStore } from '../store/directory-stores.js'
import type { AuditEntry } from '../store/records.js'

export interface Denial {
  readonly actor: string
  /** verb-noun of what was tried. */
  readonly action: string
  readonly object: string
  readonly project?: string
  readonly reason: string
}

export interface RecordDenialsDeps {
  readonly audit: Pick<AuditStore, 'append'>
  readonly clock: Clock
  readonly logger: Logger
}

interface Window {
  readonly denial: Denial
  readonly origin: AuditOrigin
  readonly untilMs: number
  repeated: number
}

const WINDOW_MS = 60_000
/** Further objects of one actor and action count together. */
const MOST_OBJECTS = 20
/** Further actors and actions count together. */
const MOST_WINDOWS = 1_000
const OTHERS = '(others)'
const MOST_TEXT = 300

/**
 * One event per actor, action and object in a minute, and at its end one that says how often it came again: a flood of
 * refused requests fills neither the table nor the memory, whoever makes up names.
 */
export class RecordDenials {
  readonly #deps: RecordDenialsDeps
  readonly #windows = new Map<string, Window>()
  readonly #objects = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(deps: RecordDenialsDeps) {
    this.#deps = deps
  }

  /** Returns at once and never throws: the refusal does not wait for it. */
  denied(wish: Denial): void {
    const denial = this.#bounded(shortened(wish))
    const key = JSON.stringify([denial.actor, denial.action, denial.object])
    const now = this.#deps.clock.monotonic()
    const open = this.#windows.get(key)
    if (open !== undefined && open.untilMs > now) {
      open.repeated += 1
      return
    }
    if (open !== undefined) this.#end(key, open)
    const window = { denial, origin: auditOrigin(), untilMs: now + WINDOW_MS, repeated: 0 }
    this.#windows.set(key, window)
    this.#count(denial, 1)
    this.#append(window, {})
    this.#timer ??= withoutAuditOrigin(() => setInterval(() => this.#endDue(), WINDOW_MS / 4).unref())
  }

  /** Writes what was counted; for the end of the process. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    for (const [key, window] of this.#windows) this.#end(key, window)
    await this.#writing
  }

  #bounded(denial: Denial): Denial {
    const { actor, action, object } = denial
    if (this.#windows.has(JSON.stringify([actor, action, object]))) return denial
    if (this.#windows.size >= MOST_WINDOWS)
      return { actor: OTHERS, action: OTHERS, object: OTHERS, reason: '' }
    const isCrowded = (this.#objects.get(JSON.stringify([actor, action])) ?? 0) >= MOST_OBJECTS
    return isCrowded ? { ...denial, object: OTHERS } : denial
  }

  #endDue(): void {
    const now = this.#deps.clock.monotonic()
    for (const [key, window] of this.#windows) if (window.untilMs <= now) this.#end(key, window)
  }

  #end(key: string, window: Window): void {
    this.#windows.delete(key)
    this.#count(window.denial, -1)
    if (window.repeated > 0) this.#append(window, { repeated: window.repeated })
  }

  #count({ actor, action }: Denial, by: number): void {
    const key = JSON.stringify([actor, action])
    const count = (this.#objects.get(key) ?? 0) + by
    if (count > 0) this.#objects.set(key, count)
    else this.#objects.delete(key)
  }

  /** In turn: a flood of different refusals must not take all connections of the database. */
  #append({ denial, origin }: Window, more: { readonly repeated?: number }): void {
    const { reason, ...rest } = denial
    const audit: AuditEntry = { ...origin, ...rest, outcome: 'DENIED', details: { reason, ...more } }
    this.#writing = this.#writing
      .then(() => this.#deps.audit.append({ audit, doorbells: [] }))
      .catch((error: unknown) => {
        this.#deps.logger.error('a denial could not be written to the audit trail', {
          actor: denial.actor,
          action: denial.action,
          reason: reasonOf(error),
        })
      })
  }
}

function shortened({ actor, action, object, reason, ...rest }: Denial): Denial {
  const short = (text: string): string => text.slice(0, MOST_TEXT)
  return { ...rest, actor: short(actor), action, object: short(object), reason: short(reason) }
}
