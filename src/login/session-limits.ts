import type { Clock } from '../base/clock.js'
import type { Liveness } from '../store/account-store.js'

/** How long a session lives. */
export interface SessionLimits {
  /** Whatever is done with it. */
  readonly hours: number
  /** When nothing is done with it. */
  readonly idleMinutes: number
}

/** What lives at this moment. */
export function livenessAt(clock: Clock, { idleMinutes }: SessionLimits): Liveness {
  const now = clock.now()
  return { now: new Date(now).toISOString(), idleSince: new Date(now - idleMinutes * 60_000).toISOString() }
}
