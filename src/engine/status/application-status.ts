import type { Health } from '../health/health.js'
import type { ResourceKey } from '../manifest/resource-key.js'

export type SyncStatus = 'Synced' | 'OutOfSync' | 'Unknown'

/** What people read about one application. Everything is as of `observedAt`. */
export interface ApplicationStatus {
  readonly applicationId: string
  readonly sync: SyncStatus
  readonly health: Health
  /** Commits of the sources that were compared, in source order. */
  readonly revisions: readonly string[]
  readonly conditions: readonly Condition[]
  readonly resources: readonly ResourceStatus[]
  readonly observedGeneration: number
  /** ISO time of the comparison. */
  readonly observedAt: string
}

export interface ResourceStatus extends ResourceKey {
  readonly version: string
  readonly status: SyncStatus
  /** Absent when the kind has no health rule. */
  readonly health?: Health
  readonly requiresPruning?: boolean
  readonly syncWave?: number
}

/** The condition types of Argo CD (contract 1.4), so that scripts keep working. */
export type ConditionType =
  | 'ComparisonError'
  | 'InvalidSpecError'
  | 'SyncError'
  | 'DeletionError'
  | 'SharedResourceWarning'
  | 'RepeatedResourceWarning'
  | 'ExcludedResourceWarning'
  | 'OrphanedResourceWarning'
  | 'UnknownError'

export interface Condition {
  readonly type: ConditionType
  readonly message: string
  readonly lastTransitionTime: string
}

/** A condition before it is known since when it holds. */
export type ConditionText = Pick<Condition, 'type' | 'message'>
