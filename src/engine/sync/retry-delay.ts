import type { RetryPolicy } from '../application/application.js'
import { parseDuration } from '../application/parse-duration.js'

const AUTOMATED_LIMIT = 5
const FIRST_MS = 5000
const FACTOR = 2
const MAX_MS = 180_000

/** Facts about a failed operation. */
export interface FailedAttempt {
  readonly policy: RetryPolicy | undefined
  /** Retries that were made already, from 0. */
  readonly retryCount: number
  readonly automated: boolean
}

/**
 * Milliseconds until a failed sync is tried again; undefined = not at all (contract 1.4 Retry). Without a policy,
 * automated syncs are tried five more times and others not; a negative limit never ends.
 */
export function retryDelay(attempt: FailedAttempt): number | undefined {
  const { retryCount, policy } = attempt
  const limit = retryLimit(attempt)
  if (limit >= 0 && retryCount >= limit) return undefined
  const { duration = '', factor = FACTOR, maxDuration = '' } = policy?.backoff ?? {}
  const first = parseDuration(duration) ?? FIRST_MS
  const longest = parseDuration(maxDuration) ?? MAX_MS
  return Math.min(first * Math.max(1, factor) ** retryCount, longest)
}

function retryLimit({ policy, automated }: FailedAttempt): number {
  if (policy !== undefined) return policy.limit ?? 0
  return automated ? AUTOMATED_LIMIT : 0
}
