import type { Difference } from '../engine/diff/compare.js'
import type { Target } from '../engine/manifest/build-targets.js'
import { resourceKeyText, type ResourceKey } from '../engine/manifest/resource-key.js'
import type { ManagedObject } from '../store/records.js'
import type { LiveRecord } from './live-index.js'

export type TargetState = 'missing' | 'inSync' | 'outOfSync'

/** One declared object beside what runs. */
export interface ComparedTarget {
  readonly target: Target
  readonly state: TargetState
  readonly live: LiveRecord | undefined
  /** HMAC of the declared object; stored with what was applied. */
  readonly desiredHash: string
  readonly differences: readonly Difference[]
  /** Tracking name of another application that claimed the object first. */
  readonly claimedBy?: string
}

/** An object of the inventory that is not declared any more. `live` undefined: it is gone already. */
export interface ExtraObject {
  readonly object: ManagedObject
  readonly live: LiveRecord | undefined
  /** Why the project does not permit to touch it. */
  readonly forbidden?: string
}

/** All that is known about one application at one moment. */
export interface Comparison {
  readonly revisions: readonly string[]
  readonly renderKeys: readonly string[]
  readonly targets: readonly ComparedTarget[]
  readonly extras: readonly ExtraObject[]
  /** Objects of its namespace that belong to no application, where its project asks for them. */
  readonly orphans: readonly ResourceKey[]
  /** Sentences that make the comparison untrustworthy (render, discovery, project): nothing is synced or pruned. */
  readonly errors: readonly string[]
  /** That of the errors which passes by itself: the cluster cannot be observed now. A sync waits for it to pass. */
  readonly blind?: string
  /** Objects claimed by others, repeated objects: shown, not blocking. */
  readonly warnings: readonly {
    readonly type: 'SharedResourceWarning' | 'RepeatedResourceWarning' | 'OrphanedResourceWarning'
    readonly message: string
  }[]
}

/** By `resourceKeyText`. */
export function byKey({ targets }: Pick<Comparison, 'targets'>): ReadonlyMap<string, ComparedTarget> {
  return new Map(targets.map((compared) => [resourceKeyText(compared.target.key), compared]))
}
