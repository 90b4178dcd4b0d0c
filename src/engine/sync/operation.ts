import type { ApplicationSource } from '../application/application.js'
import type { ResourceKey } from '../manifest/resource-key.js'

/** Phases of contract 1.4; the last three are terminal. */
export type OperationPhase = 'Running' | 'Terminating' | 'Failed' | 'Error' | 'Succeeded'

export type OperationKind = 'sync' | 'delete'

/** One accepted request to change a cluster. At most one per application is active. */
export interface Operation {
  readonly id: string
  readonly applicationId: string
  readonly kind: OperationKind
  readonly phase: OperationPhase
  readonly request: SyncRequest
  readonly initiatedBy: { readonly username: string; readonly automated: boolean }
  /** Commits that this operation makes live, fixed when it starts. */
  readonly revisions: readonly string[]
  readonly message: string
  readonly retryCount: number
  /** The next attempt of a failed sync waits until then. */
  readonly notBefore?: string
  readonly results: readonly ResourceResult[]
  readonly startedAt: string
  readonly finishedAt?: string
}

export interface SyncRequest {
  readonly prune: boolean
  readonly dryRun: boolean
  readonly force: boolean
  /** A person saw what goes and agreed: lifts the blast-radius gate. */
  readonly confirmedPrune: boolean
  /** Absent = everything; else only these (selective sync, self-heal): no history entry. */
  readonly resources?: readonly ResourceKey[]
  readonly syncOptions?: readonly string[]
  /** Generation of the spec that was asked for: automated sync tries once per revisions and generation. */
  readonly generation?: number
  /** Of a self-heal: how many in a row it is, from 1 (Argo CD's `autoHealAttemptsCount`). */
  readonly autoHealAttempts?: number
  /** The stored render of an earlier deployment takes the place of what is declared. */
  readonly rollback?: Rollback
}

export interface Rollback {
  /** Number of the deployment. */
  readonly number: number
  readonly revisions: readonly string[]
  readonly renderKeys: readonly string[]
  readonly sources: readonly ApplicationSource[]
}

/** Outcomes are past participles, one closed union for API, CLI and UI. */
export type Outcome = 'created' | 'configured' | 'unchanged' | 'pruned' | 'skipped' | 'failed'

export interface ResourceResult extends ResourceKey {
  readonly version: string
  readonly outcome: Outcome
  /** `Synced | SyncFailed | Pruned | PruneSkipped` of Argo CD. */
  readonly status: 'Synced' | 'SyncFailed' | 'Pruned' | 'PruneSkipped'
  readonly message: string
}

/** Is the operation over? */
export function isTerminal(phase: OperationPhase): boolean {
  return phase === 'Failed' || phase === 'Error' || phase === 'Succeeded'
}
