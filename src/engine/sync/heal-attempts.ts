import type { ApplicationStatus } from '../status/application-status.js'
import type { Operation } from './operation.js'

const CALM_MS = 600_000

export interface HealAttempts {
  /** Self-heals in a row. */
  readonly count: number
  /** When the last of them started, milliseconds since 1970. */
  readonly lastAt: number | undefined
}

const NONE: HealAttempts = { count: 0, lastAt: undefined }

export interface HealFacts {
  /** The newest operation of the application, and when it started in milliseconds since 1970. */
  readonly last: Operation | undefined
  readonly lastStartedAt: number
  readonly status: ApplicationStatus
  readonly now: number
}

/**
 * Self-heals in a row, as the newest operation says: so they survive a restart and a change of owner. Any other
 * operation, another revision, another spec or ten calm minutes start the count again.
 */
export function healAttempts({ last, lastStartedAt, status, now }: HealFacts): HealAttempts {
  const count = last?.request.autoHealAttempts ?? 0
  if (last === undefined || count === 0) return NONE
  const sameRevisions = last.revisions.join(' ') === status.revisions.join(' ')
  if (!sameRevisions || last.request.generation !== status.observedGeneration) return NONE
  return now - lastStartedAt > CALM_MS ? NONE : { count, lastAt: lastStartedAt }
}
