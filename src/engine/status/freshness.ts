import { groupKindText } from '../manifest/resource-key.js'
import type { ApplicationStatus, ResourceStatus } from './application-status.js'
import { millisecondsOf, type Instant } from './instant.js'

/** When the two sides of a comparison were last seen. */
export interface Freshness {
  /** The heartbeat of the cluster; absent = never observed. */
  readonly clusterObservedAt?: Instant | undefined
  /** Was the application compared since the owner of its cluster began to observe it? */
  readonly comparedSinceBegin: boolean
  /** Kinds (`group/Kind`) of its objects whose watch is dead, with the reason. */
  readonly blindKinds?: Readonly<Record<string, string>> | undefined
  /** When the heads it follows were read, the oldest counts; absent = never, `null` = it follows none (a commit). */
  readonly headCheckedAt?: Instant | null | undefined
  readonly now: Instant
  readonly limits: FreshnessLimits
}

/** How old an observation may be, in milliseconds: three intervals each. */
export interface FreshnessLimits {
  readonly clusterMs: number
  readonly headMs: number
}

export interface EffectiveStatus extends ApplicationStatus {
  /** Why what is stored is not shown; absent while it is fresh. */
  readonly staleReason?: string
  /** Whose status cannot be believed: all objects, or those of these kinds (`group/Kind`). */
  readonly unseen?: 'all' | readonly string[]
  /** Until when cluster and repository were both seen to be as shown; absent = never. */
  readonly confirmedAt?: string
}

export const OBSERVATION_INTERVAL_MS = 15_000
const INTERVALS = 3

/** Limits for an installation that looks into its repositories every so many seconds (with jitter, at most). */
export function freshnessLimits(pollSeconds: number): FreshnessLimits {
  return { clusterMs: INTERVALS * OBSERVATION_INTERVAL_MS, headMs: INTERVALS * pollSeconds * 1000 }
}

/**
 * The status as it may be shown now (invariant 5): what was not confirmed within three intervals is Unknown, with the
 * reason. A silent cluster, a dead watch, or a comparison from before the owner began make sync and health Unknown;
 * an unchecked head only sync.
 */
export function effectiveStatus(status: ApplicationStatus, freshness: Freshness): EffectiveStatus {
  const cluster = clusterStaleness(freshness)
  if (cluster !== undefined) return withUnseen(status, cluster, 'all')
  const blind = Object.entries(freshness.blindKinds ?? {})
  const [first] = blind
  if (first !== undefined) {
    const [kind, why] = first
    const reason = `${kind.slice(kind.indexOf('/') + 1)} cannot be observed: ${why}`
    return withUnseen(
      status,
      reason,
      blind.map(([each]) => each),
    )
  }
  const head = headStaleness(freshness)
  return head === undefined ? status : { ...status, sync: 'Unknown', staleReason: head }
}

function withUnseen(
  status: ApplicationStatus,
  reason: string,
  unseen: NonNullable<EffectiveStatus['unseen']>,
): EffectiveStatus {
  return {
    ...status,
    sync: 'Unknown',
    health: { status: 'Unknown', message: reason },
    resources: shownResources(status.resources, unseen),
    staleReason: reason,
    unseen,
  }
}

/** The objects as they may be shown: Unknown where nothing of what was stored can be believed. */
export function shownResources(
  resources: readonly ResourceStatus[],
  unseen: EffectiveStatus['unseen'],
): readonly ResourceStatus[] {
  if (unseen === undefined) return resources
  return resources.map((resource) =>
    unseen === 'all' || unseen.includes(groupKindText(resource)) ? unknown(resource) : resource,
  )
}

function unknown(resource: ResourceStatus): ResourceStatus {
  const { health, ...rest } = resource
  return { ...rest, status: 'Unknown', ...(health && { health: { status: 'Unknown' } }) }
}

function clusterStaleness(freshness: Freshness): string | undefined {
  const { clusterObservedAt, now, limits, comparedSinceBegin } = freshness
  if (clusterObservedAt === undefined) return 'The cluster was never observed'
  const silent = silence(clusterObservedAt, now, limits.clusterMs)
  if (silent !== undefined) return `The cluster was not observed ${silent}`
  return comparedSinceBegin ? undefined : 'Not compared yet since observation of the cluster began'
}

function headStaleness({ headCheckedAt, now, limits }: Freshness): string | undefined {
  if (headCheckedAt === null) return undefined
  if (headCheckedAt === undefined) return 'The repository was never checked'
  const silent = silence(headCheckedAt, now, limits.headMs)
  return silent === undefined ? undefined : `The repository was not checked ${silent}`
}

/** How long nothing was seen, when that is too long. A time in the future (a clock that runs ahead) is fresh. */
function silence(since: Instant, now: Instant, limitMs: number): string | undefined {
  const [seen, current] = [millisecondsOf(since), millisecondsOf(now)]
  if (seen === undefined || current === undefined) return 'at any time that can be read'
  const age = current - seen
  return age > limitMs ? `for ${Math.round(age / 1000)} s` : undefined
}
