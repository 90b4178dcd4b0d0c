import type { ConnectionStage } from '../base/connection-stage.js'
import type { Doorbell } from '../queue/doorbell-queue.js'
import type { ApplicationSource } from '../engine/application/application.js'
import type { ResourceKey } from '../engine/manifest/resource-key.js'
import type { JsonObject } from '../engine/manifest/manifest.js'
import type { AuditOrigin } from './audit-origin.js'
import type { LeaseKey } from './lease-store.js'

/** Written in the same transaction as the change it belongs to: who did what, and who must wake up. */
export interface MutationRecord {
  readonly audit: AuditEntry
  readonly doorbells: readonly Doorbell[]
}

/** ACCEPTED: it was done, or will be; DENIED: the caller may not; FAILED: it was tried and went wrong. */
export const AUDIT_OUTCOMES = ['ACCEPTED', 'DENIED', 'FAILED'] as const
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number]

/** Where it came from (`source`, `credential`) is added from the request, see `audit-origin.ts`. */
export interface AuditEntry extends AuditOrigin {
  readonly actor: string
  /** verb-noun, e.g. `create-application`. */
  readonly action: string
  /** Kind and name, e.g. `application/argocd/shop`. */
  readonly object: string
  /** Stable, while names come again. */
  readonly objectId?: string
  readonly project?: string
  /** Default ACCEPTED. */
  readonly outcome?: AuditOutcome
  /** Id of the operation that it belongs to. */
  readonly operation?: string
  /** Small facts for people; never a secret. */
  readonly details?: JsonObject
}

export interface AuditEvent extends AuditEntry {
  readonly id: string
  readonly at: string
  readonly outcome: AuditOutcome
}

export interface RepositoryRecord {
  readonly id: string
  readonly url: string
  /** contract 2.7.6: lower-case, trimmed, without `.git`. Unique. */
  readonly normalizedUrl: string
  readonly name?: string
  readonly project?: string
  readonly username?: string
  readonly hasPassword: boolean
  readonly insecureTls: boolean
  readonly createdAt: string
  /** Last connection, for `repo list`. */
  readonly connection: ConnectionState
}

export interface ConnectionState {
  readonly status: 'Successful' | 'Failed' | 'Unknown'
  readonly message: string
  /** Where it failed; absent when it did not, or when that is not known. */
  readonly stage?: ConnectionStage
  readonly checkedAt?: string
}

export interface ClusterRecord {
  readonly id: string
  readonly name: string
  readonly server: string
  readonly project?: string
  /** uid of `kube-system`, pinned at the first connection. */
  readonly uid?: string
  readonly version?: string
  /** Namespaced mode: only these; absent = all. */
  readonly namespaces?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  /** The kill switch of this cluster: nothing is written to it. */
  readonly writesPaused?: boolean
  readonly connection: ConnectionState
  readonly createdAt: string
}

/** Name of the setting that is the kill switch for all clusters: `true` pauses every write. */
export const WRITES_PAUSED = 'writes-paused'

/**
 * Goes with a write of state: it happens only while the writer is still the owner of this cluster (or repository) in this epoch. An
 * outdated one changes nothing and throws CONFLICT (`never` retried: whoever owns it now looks for itself).
 */
export interface Fence extends LeaseKey {
  readonly epoch: number
}

/** A batch may touch several of them: all of its fences must hold, or nothing of it is written. */
export type Fences = Fence | readonly Fence[]

/** The newest commit known of one ref; `sequence` only grows. */
export interface RepositoryHead {
  readonly repositoryId: string
  readonly ref: string
  readonly commit: string
  readonly sequence: number
  readonly checkedAt: string
}

/** One managed object: the inventory and the applied form. */
export interface ManagedObject extends ResourceKey {
  readonly applicationId: string
  readonly version: string
  readonly uid?: string
  /** Id of the interned field set that is ours. */
  readonly fieldSet?: string
  /** HMAC of the live object projected on the field set, right after the apply. */
  readonly appliedHash?: string
  /** HMAC of the declared object: equal = already applied in this very form. */
  readonly desiredHash?: string
}

/** What an application should be: which render, at which commits. Set by sources/, read by reconcile/. */
export interface Desired {
  readonly applicationId: string
  readonly generation: number
  readonly revisions: readonly string[]
  /** One key per source, in order; empty when `error` is set. */
  readonly renderKeys: readonly string[]
  /** Recorded inputs of each source: path → oid at that commit (`null` = absent). */
  readonly inputs: readonly Readonly<Record<string, string | null>>[]
  /** Why there is no render, as a sentence. */
  readonly error?: string
  readonly updatedAt: string
}

/** An entry of the history: what was made live by a whole successful sync. */
export interface NewDeployment {
  readonly id: string
  readonly applicationId: string
  readonly revisions: readonly string[]
  readonly renderKeys: readonly string[]
  /** As they were declared then. */
  readonly sources: readonly ApplicationSource[]
  readonly operationId: string
  readonly initiatedBy: string
  readonly automated: boolean
  /** Start of its operation; absent for those of former releases. */
  readonly startedAt?: string
  readonly deployedAt: string
}

export interface Deployment extends NewDeployment {
  /** What people call it: counted per application from 0. */
  readonly number: number
}
