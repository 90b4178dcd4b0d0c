import type { JsonValue, Manifest } from '../engine/manifest/manifest.js'
import type { LogLine } from '../engine/logs/log-line.js'
import type { ResourceKey } from '../engine/manifest/resource-key.js'
import type { SyncRequest } from '../engine/sync/operation.js'
import type { SyncPreview } from '../engine/sync/sync-preview.js'
import type { ObjectEvent } from '../engine/tree/object-event.js'
import type { TreeNode } from '../engine/tree/tree-node.js'

/** One object of an application that differs from what is declared. Secret values are masked on both sides. */
export interface ResourceDiff extends ResourceKey {
  /** Absent = does not exist in the cluster. */
  readonly live?: Manifest
  /** Absent = is no longer declared (would be pruned). */
  readonly target?: Manifest
  /** What it would be after an apply, by a dry run; only where that was asked for and both sides exist. */
  readonly predicted?: Manifest
  /** The fields that differ, as JSON pointers; empty when one side is absent. */
  readonly differences?: readonly FieldDifference[]
}

export interface FieldDifference {
  readonly path: string
  readonly declared?: JsonValue
  readonly live?: JsonValue
}

/** Which objects: those that run, or those declared — now, or by the deployment of this number. */
export interface ManifestsWish {
  readonly source: 'live' | 'git'
  readonly deployment?: number
}

/** Which sync is told in advance: of what is declared now, or back to the deployment of this number. */
export interface PreviewWish {
  readonly request: SyncRequest
  readonly deployment?: number
}

/** The objects of an application with what came of them. */
export interface ResourceTree {
  readonly nodes: readonly TreeNode[]
  /** What could not be looked at, as sentences. */
  readonly blind: readonly string[]
}

/** How a tree changed; the first one of a stream holds all of it. */
export interface TreeChange {
  /** Counts from 1 within a stream: a gap is a lost change. */
  readonly sequence: number
  /** New or changed. */
  readonly nodes: readonly TreeNode[]
  readonly removed: readonly ResourceKey[]
}

/** Whose logs, and how much of them. */
export interface LogsWish {
  /** Pods below objects like these only; one that is a Pod is meant itself. Default: all of the application. */
  readonly group?: string
  readonly kind?: string
  readonly namespace?: string
  readonly name?: string
  /** Default: every container that runs all the time. */
  readonly container?: string
  readonly follow?: boolean
  readonly previous?: boolean
  /** Last lines of each container. */
  readonly tailLines?: number
  readonly sinceSeconds?: number
  /** RFC 3339. */
  readonly sinceTime?: string
  /** RFC 3339; ends with the first line that is younger. */
  readonly untilTime?: string
  /** Contract 1.6: part of a line, `!` before it inverts. */
  readonly filter?: string
  readonly matchCase?: boolean
}

/**
 * Reads that need the owner of the cluster: the gateway holds no cluster credential. In one process this is a function
 * call, between processes authenticated HTTP. Errors: NOT_FOUND, UPSTREAM_CLUSTER, TIMEOUT.
 */
export abstract class LiveReads {
  /** Objects that differ from the newest render, in sync order; secrets masked. */
  abstract diff(applicationId: string, predict?: boolean): Promise<readonly ResourceDiff[]>
  /** What a sync would do now; nothing is changed. NOT_FOUND when it was not rendered yet. */
  abstract preview(applicationId: string, wish: PreviewWish): Promise<SyncPreview>
  /** In sync order; secrets masked. NOT_FOUND when it was not rendered yet or the deployment does not exist. */
  abstract manifests(applicationId: string, wish: ManifestsWish): Promise<readonly Manifest[]>
  /** Managed objects and their descendants, in the namespaces of the application only. */
  abstract tree(applicationId: string): Promise<ResourceTree>
  /** Objects of its namespace that belong to no application; none unless its project asks for them. */
  abstract orphans(applicationId: string): Promise<readonly ResourceKey[]>
  /** At most ten a second; ends when the signal is aborted. An empty change only says that the stream lives. */
  abstract treeChanges(applicationId: string, signal: AbortSignal): AsyncIterable<TreeChange>
  /** Of all its objects or of one, newest first, what repeats counted. */
  abstract events(applicationId: string, about?: ResourceKey): Promise<readonly ObjectEvent[]>
  /**
   * Lines in batches, a waiting reader makes the cluster wait. An empty batch only says that the stream lives. Throws
   * BAD_USER_INPUT when more Pods are meant than may be read at once.
   */
  abstract logs(applicationId: string, wish: LogsWish, signal: AbortSignal): AsyncIterable<readonly LogLine[]>
  /** One object of the tree as it is in the cluster, secrets masked; undefined when it does not exist. */
  abstract live(applicationId: string, key: ResourceKey): Promise<Manifest | undefined>
}
