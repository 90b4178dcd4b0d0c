import type { PropagationPolicy, SyncOptions } from '../application/sync-options.js'
import type { GroupKind, ResourceKey } from '../manifest/resource-key.js'
import type { SyncRequest } from './operation.js'

/** One declared object, as far as a plan needs it. */
export interface SyncTarget {
  readonly key: ResourceKey
  readonly version: string
  readonly wave: number
  /** Options in force for this object (`syncOptions` of engine/application). */
  readonly options: SyncOptions
  /** The cluster does not serve the kind (yet). */
  readonly missingKind: boolean
  readonly state: 'missing' | 'inSync' | 'outOfSync'
  readonly liveUid?: string
  /** Of a CustomResourceDefinition: the kind that it defines. */
  readonly defines?: GroupKind
}

/** One object that this application applied before. */
export interface InventoryItem {
  readonly key: ResourceKey
  readonly version: string
  /** `undefined` = proven absent; `unknown` = could not be read, so nothing may be concluded. */
  readonly live: LiveItem | 'unknown' | undefined
}

/** The live side of an inventory item; options and wave come from its live annotations. */
export interface LiveItem {
  readonly uid: string
  /** Carries the tracking id of exactly this application and this object. */
  readonly trackedByThisApplication: boolean
  readonly options: SyncOptions
  readonly wave: number
  /** Why the project does not permit to touch it, as a sentence. */
  readonly forbidden?: string
  /** It has a deletionTimestamp already. */
  readonly deleting?: boolean
}

export type DryRunFirst = 'auto' | 'always' | 'never'

/** Everything a plan is made of; whoever calls has resolved commits, render and live state before. */
export interface PlanInput {
  readonly targets: readonly SyncTarget[]
  readonly inventory: readonly InventoryItem[]
  /** The render of a resolved commit succeeded in full. */
  readonly renderComplete: boolean
  readonly request: SyncRequest
  /** Options of the application, or of the operation where it brings its own. */
  readonly options: SyncOptions
  /** `automated.allowEmpty`: an empty render may prune everything. */
  readonly allowEmpty: boolean
  /** Default `auto`: before the first change when there are several waves or prunes. */
  readonly dryRunFirst?: DryRunFirst
  readonly pruneLimits?: PruneLimits
  /** A person agreed to what `Prune=confirm` holds, after the operation began. */
  readonly approved?: boolean
}

/** When a prune needs confirmation (design 4.4): more than `few` and more than `share`, or more than `many`, or all. */
export interface PruneLimits {
  readonly few: number
  readonly share: number
  readonly many: number
}

/** Objects that may be applied at the same time. */
export interface ApplyGroup {
  readonly keys: readonly string[]
  /** The next group starts only when these are healthy: definitions that objects of the same sync need. */
  readonly gate: boolean
}

export interface PlanWave {
  /** `Sync` today; hooks bring the other phases as more waves. */
  readonly phase: 'PreSync' | 'Sync' | 'PostSync'
  readonly wave: number
  readonly groups: readonly ApplyGroup[]
}

export interface PruneItem {
  readonly key: string
  /** Precondition of the deletion. */
  readonly uid: string
  readonly propagation: PropagationPolicy
}

/** Objects that are deleted together; the next wave starts when they are gone. */
export interface PruneWave {
  readonly wave: number
  readonly items: readonly PruneItem[]
}

export interface Skipped {
  readonly key: string
  /** A sentence for people. */
  readonly reason: string
}

/** What a sync will do, as data. All keys are `resourceKeyText`. */
export interface SyncPlan {
  readonly dryRun: readonly string[]
  /** Only try, change nothing. */
  readonly dryRunOnly: boolean
  /** In order; keys of a group in apply order. */
  readonly waves: readonly PlanWave[]
  /** In order, after all waves. */
  readonly prune: readonly PruneWave[]
  /** Of what is pruned: what a person has to agree to first. No prune begins before. */
  readonly unconfirmed: readonly string[]
  /** Waves end with waiting for health: several waves, or a prune after them. */
  readonly waitForHealth: boolean
  /** Inventory that stays although it is no longer declared. */
  readonly skipped: readonly Skipped[]
  /** Inventory that is proven absent and not declared: take it out of the records. */
  readonly forgotten: readonly string[]
  /** Set when the plan must not be carried out, not even in part. */
  readonly blocked?: { readonly reason: string; readonly keys: readonly string[] }
}
