import type { ApiCatalog } from '../engine/manifest/api-catalog.js'
import type { Manifest } from '../engine/manifest/manifest.js'
import type { GroupKind, ResourceKey } from '../engine/manifest/resource-key.js'

export type Propagation = 'foreground' | 'background' | 'orphan'

export interface ApplyOptions {
  /** Default `argocd-controller`: people's objects already carry it. */
  readonly fieldManager?: string
  readonly dryRun?: boolean
  /**
   * `Strict` refuses what is doubtful (e.g. duplicate keys), `Warn` (default) returns warnings, `Ignore` is
   * `Validate=false`. Unknown fields are refused by server-side apply whatever is said here (measured on 1.36).
   */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore'
}

/** How an object is written as a whole. */
export interface WriteOptions {
  readonly dryRun?: boolean
  /** As of an apply; default `Warn`. */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore'
}

export interface Applied {
  readonly object: Manifest
  /** `created` when the server answered 201. */
  readonly created: boolean
  /** Texts of the server's `Warning` headers. */
  readonly warnings: readonly string[]
}

/** Both, when given, must hold on the server or the request fails with code CONFLICT. */
export interface Precondition {
  readonly uid?: string
  readonly resourceVersion?: string
}

export interface DeleteOptions extends Precondition {
  readonly propagation?: Propagation
}

/** One change in a cluster as a reflector reports it. `deleted` carries the last known object. */
export type WatchEvent =
  | { readonly type: 'changed'; readonly object: Manifest }
  | { readonly type: 'deleted'; readonly object: Manifest }

/** Receives the events of one kind, in order. Must not throw and must not block. */
export interface WatchListener {
  /** A complete list was taken: everything not in it is gone (only ever called with a *whole* list). */
  replaced(objects: readonly Manifest[]): void
  event(event: WatchEvent): void
  /** The stream is live (again), or has been silent/broken since then; feeds freshness. */
  health(state: { readonly alive: boolean; readonly reason?: string }): void
}

export interface WatchOptions {
  /** Only in this namespace; of no meaning for cluster-scoped kinds. Default: wherever the cluster may be looked at. */
  readonly namespace?: string
}

/** What of a container's log is wanted; names and meaning of the Kubernetes API. */
export interface LogOptions {
  readonly container: string
  /** Goes on with what is written from now on. */
  readonly follow?: boolean
  /** Only what is younger, in seconds. */
  readonly sinceSeconds?: number
  /** Only what is younger; RFC 3339. */
  readonly sinceTime?: string
  /** Only so many of the last lines. */
  readonly tailLines?: number
  /** Of the container before its last restart. */
  readonly previous?: boolean
}

export interface Watch {
  /** Resolves when the first complete list was delivered. */
  readonly ready: Promise<void>
  stop(): void
}

/** What `connect` finds out before anything is written. */
export interface ClusterIdentity {
  /** uid of namespace `kube-system`: this is the cluster. */
  readonly uid: string
  /** e.g. `v1.36.3`. */
  readonly version: string
}

/**
 * One Kubernetes cluster, as far as Lockstep needs it. Errors are AppError: NOT_FOUND, CONFLICT (409, failed
 * precondition), BAD_USER_INPUT (400, 422, admission), FORBIDDEN, UNAUTHENTICATED, RATE_LIMITED (with the server's
 * Retry-After), UPSTREAM_CLUSTER (unreachable, 5xx; outcome unknown, so observe again), TIMEOUT.
 * Requests carry `?timeout=`; 429 is obeyed; concurrency adapts (start 8, at most 32).
 */
export abstract class Cluster {
  abstract readonly id: string
  abstract identity(): Promise<ClusterIdentity>
  /** Resolves when the API server answers that it can serve; cheap enough for every few seconds. */
  abstract probe(): Promise<void>
  /** Discovery, cached; `fresh` asks the server again (a CRD was just applied). */
  abstract catalog(fresh?: boolean): Promise<ApiCatalog>
  abstract get(key: ResourceKey): Promise<Manifest | undefined>
  /** A whole, paged list; a partial or failed one throws and is never "absent" (K-14). */
  abstract list(kind: GroupKind, namespace?: string): Promise<readonly Manifest[]>
  /** Server-side apply, conflicts forced. */
  abstract apply(manifest: Manifest, options?: ApplyOptions): Promise<Applied>
  /**
   * Writes the whole object (PUT), as long as it is in the version that was read: else CONFLICT. What is not declared
   * goes back to its default or is removed.
   */
  abstract replace(
    manifest: Manifest,
    options: WriteOptions & { readonly resourceVersion: string },
  ): Promise<Applied>
  /** Creates the object (POST); CONFLICT when it is there already. */
  abstract create(manifest: Manifest, options?: WriteOptions): Promise<Applied>
  /** JSON patch (RFC 6902) with `Content-Type: application/json-patch+json`. */
  abstract patch(key: ResourceKey, operations: readonly JsonPatchOperation[]): Promise<Manifest>
  /** Resolves when the server accepted the deletion; NOT_FOUND counts as done and returns false. */
  abstract delete(key: ResourceKey, options?: DeleteOptions): Promise<boolean>
  /** A reflector: list, watch with bookmarks, 410 relist, jittered reconnect, dead-watch detection ≤ 60 s. */
  abstract watch(kind: GroupKind, listener: WatchListener, options?: WatchOptions): Watch
  /**
   * Whole lines of a container's log, each behind its RFC 3339 time and a blank, as they are read: a reader that waits
   * makes the server wait. Ends with the log, or when the signal is aborted.
   */
  abstract logs(
    pod: Pick<ResourceKey, 'namespace' | 'name'>,
    options: LogOptions,
    signal: AbortSignal,
  ): AsyncIterable<string>
  abstract close(): Promise<void>
}

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test'
  readonly path: string
  readonly value?: unknown
}
