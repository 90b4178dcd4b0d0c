import { AppError } from '../base/app-error.js'
import type { Clock } from '../base/clock.js'
import type { Principal } from '../engine/access/principal.js'

const RECENT_MS = 5 * 60_000

/**
 * The step before what cannot be taken back: throws unless the principal is a person whose password was proven within five
 * minutes. `what` goes on after "Cannot", e.g. `delete account "ci"`. A token has no password and never passes; the system does.
 */
export function requireRecentPassword(principal: Principal, clock: Clock, what: string): void {
  if (principal.kind === 'system') return
  if (principal.kind === 'token') {
    throw new AppError('FORBIDDEN', `Cannot ${what} with a token: sign in with your password first.`)
  }
  const proven = Date.parse(principal.authenticatedAt ?? '')
  if (clock.now() - proven <= RECENT_MS) return
  throw new AppError(
    'PASSWORD_REQUIRED',
    `Cannot ${what}: your last login is more than five minutes ago. Confirm your password (lockstep relogin), then try again.`,
  )
}
