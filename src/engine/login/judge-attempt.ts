/** Attempts in the window, the one in question included; right ones no longer count. */
export interface CountedAttempt {
  readonly source: number
  readonly account: number
  readonly pair: number
  readonly sourceSeconds: number
  readonly pairSeconds: number
  /** Somebody signed in to this account from this source before. */
  readonly isKnown: boolean
}

/** How many wrong passwords within the window. */
export interface AttemptLimits {
  readonly windowSeconds: number
  /** Of one account from one source. */
  readonly pair: number
  /** Of one account from everywhere: beyond it each source that is not known has a single attempt. */
  readonly account: number
  /** From one source, whatever the account; who signed in from there before is held to `pair` alone. */
  readonly source: number
}

/** As Argo CD: five failures in five minutes. */
export const ATTEMPT_LIMITS: AttemptLimits = { windowSeconds: 300, pair: 5, account: 25, source: 30 }

export interface AttemptVerdict {
  /** Until the password may be looked at; 0 = now. */
  readonly waitSeconds: number
  /** What closes with this very attempt: said once per window, for the audit trail. */
  readonly closes?: 'source' | 'account' | 'pair'
}

/**
 * May the password of this attempt be looked at? A source that never tried before always has one attempt, however many
 * others fail, and neither do others in the same place lock out who signed in from there before: nobody can lock an account
 * for the person who knows its password.
 */
export function judgeAttempt(
  counted: CountedAttempt,
  limits: AttemptLimits = ATTEMPT_LIMITS,
): AttemptVerdict {
  const { source, account, pair, sourceSeconds, pairSeconds, isKnown } = counted
  if (source > limits.source && !isKnown) {
    return { waitSeconds: sourceSeconds, ...(source === limits.source + 1 && { closes: 'source' }) }
  }
  const allowed = account > limits.account && !isKnown ? 1 : limits.pair
  const waitSeconds = pair > allowed ? pairSeconds : 0
  if (account === limits.account + 1) return { waitSeconds, closes: 'account' }
  return { waitSeconds, ...(pair === limits.pair + 1 && { closes: 'pair' }) }
}
