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
  const { policy, retryCount, automated } = attempt
  const limit = policy === undefined ? (automated ? AUTOMATED_LIMIT : 0) : (policy.limit ?? 0)
  if (limit >= 0 && retryCount >= limit) return undefined
  const first = parseDuration(policy?.backoff?.duration ?? '') ?? FIRST_MS
  const longest = parseDuration(policy?.backoff?.maxDuration ?? '') ?? MAX_MS
  const factor = policy?.backoff?.factor ?? FACTOR
  return Math.min(first * Math.max(1, factor) ** retryCount, longest)
}
