import type { ApplicationStatus } from './application-status.js'
import { millisecondsOf, type Instant } from './instant.js'

/** When the two sides of a comparison were last seen. */
export interface Freshness {
  /** The heartbeat of the cluster; absent = never observed. */
  readonly clusterObservedAt?: Instant | undefined
  /** `checked_at` of the oldest head that the application follows; absent = never checked, `null` = it follows none. */
  readonly headCheckedAt?: Instant | null | undefined
  readonly now: Instant
  /** Milliseconds between two observations of the cluster, default of the installation 15 s. */
  readonly intervalMs: number
  /** Milliseconds between two checks of a head, where they are rarer. Default `intervalMs`. */
  readonly headIntervalMs?: number
}

export interface EffectiveStatus extends ApplicationStatus {
  /** Why what is stored is not shown; absent while it is fresh. */
  readonly staleReason?: string
}

const INTERVALS = 3

/**
 * The status as it may be shown now (invariant 5): what was not confirmed within three intervals is Unknown, with the
 * reason. A silent cluster makes sync and health Unknown, an unchecked head only sync.
 */
export function effectiveStatus(status: ApplicationStatus, freshness: Freshness): EffectiveStatus {
  const cluster = clusterStaleness(freshness)
  if (cluster !== undefined) {
    return {
      ...status,
      sync: 'Unknown',
      health: { status: 'Unknown', message: cluster },
      staleReason: cluster,
    }
  }
  const head = headStaleness(freshness)
  return head === undefined ? status : { ...status, sync: 'Unknown', staleReason: head }
}

function clusterStaleness({ clusterObservedAt, now, intervalMs }: Freshness): string | undefined {
  if (clusterObservedAt === undefined) return 'The cluster was never observed'
  const silent = silence(clusterObservedAt, now, intervalMs)
  return silent === undefined ? undefined : `The cluster was not observed ${silent}`
}

function headStaleness({ headCheckedAt, now, intervalMs, headIntervalMs }: Freshness): string | undefined {
  if (headCheckedAt === null) return undefined
  if (headCheckedAt === undefined) return 'The repository was never checked'
  const silent = silence(headCheckedAt, now, headIntervalMs ?? intervalMs)
  return silent === undefined ? undefined : `The repository was not checked ${silent}`
}

/** How long nothing was seen, when that is too long. A time in the future (a clock that runs ahead) is fresh. */
function silence(since: Instant, now: Instant, intervalMs: number): string | undefined {
  const [seen, current] = [millisecondsOf(since), millisecondsOf(now)]
  if (seen === undefined || current === undefined) return 'at any time that can be read'
  const age = current - seen
  return age > INTERVALS * intervalMs ? `for ${Math.round(age / 1000)} s` : undefined
}
