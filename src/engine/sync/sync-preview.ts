import type { ResourceKey } from '../manifest/resource-key.js'
import type { ApplyMode } from './apply-mode.js'
import type { Outcome } from './operation.js'

/** What a sync would make of one object. */
export interface PreviewedObject extends ResourceKey {
  readonly version: string
  /** `configured` at most: the server may find that nothing changes. */
  readonly outcome: Exclude<Outcome, 'failed'>
  /** Of what is applied: how. */
  readonly mode?: ApplyMode
  /** Why it is left out, or what to mind. */
  readonly reason?: string
}

/** Where a block comes from. */
export type BlockKind =
  | 'render'
  | 'project'
  | 'window'
  | 'option'
  | 'confirmation'
  | 'permission'
  | 'operation'
  | 'deletion'
  | 'cluster'

/** One thing that keeps the sync from going on, and what to change about it, as a sentence. */
export interface SyncBlock {
  readonly kind: BlockKind
  readonly reason: string
}

/** How many objects of one kind in one namespace a sync touches. */
export interface TouchedKind {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly created: number
  readonly configured: number
  /** Deleted and created again; counted here only. */
  readonly recreated: number
  readonly pruned: number
}

/** What a sync would do, before it does it. */
export interface SyncPreview {
  readonly revisions: readonly string[]
  /** In the order in which the sync takes them: waves, prunes, what is left out. */
  readonly objects: readonly PreviewedObject[]
  /** Empty = nothing keeps it from going on. */
  readonly blocks: readonly SyncBlock[]
  readonly touched: readonly TouchedKind[]
  /** Deletions that take along more than the object, as sentences. */
  readonly dangers: readonly string[]
  readonly warnings: readonly string[]
}
