import type { Project } from '../engine/project/project.js'
import type {
  AuditEvent,
  ClusterRecord,
  ConnectionState,
  Fences,
  MutationRecord,
  RepositoryHead,
  RepositoryRecord,
} from './records.js'
import type { Doorbell } from '../queue/doorbell-queue.js'
import type { WaitingDoorbell } from './pending-work.js'

export abstract class ProjectStore {
  abstract create(project: Project, record: MutationRecord): Promise<void>
  /** Tokens of roles that it no longer has end in the same transaction, for good. */
  abstract update(project: Project, record: MutationRecord): Promise<void>
  abstract remove(id: string, record: MutationRecord): Promise<void>
  abstract byName(name: string): Promise<Project | undefined>
  abstract list(): Promise<readonly Project[]>
}

/** What a repository answered. */
export interface RepositoryLook {
  /** Commits by ref. */
  readonly refs: ReadonlyMap<string, string>
  readonly checkedAt: string
}

/** What the owner of a repository writes about it carries a fence. */
export abstract class RepositoryStore {
  /** `sealedCredential` is opaque here (vault, purpose `git`). CONFLICT on the same normalised URL. */
  abstract create(
    repository: RepositoryRecord,
    sealedCredential: Uint8Array | undefined,
    record: MutationRecord,
  ): Promise<void>
  /** Replaces name, project, credential, TLS and connection of the repository with this id; its URL stays. NOT_FOUND when it was removed. */
  abstract update(
    repository: RepositoryRecord,
    sealedCredential: Uint8Array | undefined,
    record: MutationRecord,
  ): Promise<void>
  abstract remove(id: string, record: MutationRecord): Promise<void>
  abstract get(id: string): Promise<RepositoryRecord | undefined>
  abstract byUrl(normalizedUrl: string): Promise<RepositoryRecord | undefined>
  abstract list(): Promise<readonly RepositoryRecord[]>
  abstract credential(id: string): Promise<Uint8Array | undefined>
  abstract saveConnection(id: string, connection: ConnectionState, fence?: Fences): Promise<void>
  abstract heads(repositoryId: string): Promise<readonly RepositoryHead[]>
  /** Locks the repository's heads, moves sequences forward only; answers the refs that changed. */
  abstract saveHeads(
    repositoryId: string,
    look: RepositoryLook,
    fence?: Fences,
  ): Promise<readonly RepositoryHead[]>
}

/** Who answered at the address of a cluster, and the owner that asked. */
export interface ClusterContact {
  readonly identity?: { readonly uid: string; readonly version: string }
  readonly fence?: Fences | undefined
}

export abstract class ClusterStore {
  abstract create(cluster: ClusterRecord, sealedCredential: Uint8Array, record: MutationRecord): Promise<void>
  /**
   * Replaces credential, version, connection and what `describe` does of the cluster with this id; its name, address and pinned uid
   * stay. NOT_FOUND when it was removed.
   */
  abstract update(cluster: ClusterRecord, sealedCredential: Uint8Array, record: MutationRecord): Promise<void>
  /** Replaces project, namespaces, labels and annotations of the cluster with this id. NOT_FOUND when it was removed. */
  abstract describe(cluster: ClusterRecord, record: MutationRecord): Promise<void>
  abstract remove(id: string, record: MutationRecord): Promise<void>
  abstract get(id: string): Promise<ClusterRecord | undefined>
  abstract byServerOrName(
    server: string | undefined,
    name: string | undefined,
  ): Promise<ClusterRecord | undefined>
  abstract list(): Promise<readonly ClusterRecord[]>
  abstract credential(id: string): Promise<Uint8Array | undefined>
  /** Pins the uid when none is pinned yet; never changes a pinned one. */
  abstract saveConnection(id: string, connection: ConnectionState, contact?: ClusterContact): Promise<void>
  /** The kill switch of one cluster. NOT_FOUND when it is unknown. */
  abstract setWritesPaused(id: string, paused: boolean, record: MutationRecord): Promise<void>
}

/**
 * Renders by key, compressed and sealed (vault, purpose `renders`) by the caller. Equal keys mean equal content, so whoever puts one late
 * changes nothing: they need no fence.
 */
export abstract class RenderStore {
  abstract get(key: string): Promise<Uint8Array | undefined>
  abstract getMany(keys: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>
  abstract has(keys: readonly string[]): Promise<ReadonlySet<string>>
  abstract put(renders: ReadonlyMap<string, Uint8Array>): Promise<void>
}

export abstract class OutboxStore {
  /** Doorbells that are not delivered yet, at most `limit`, oldest first. */
  abstract pending(limit: number): Promise<readonly { readonly id: string; readonly doorbell: Doorbell }[]>
  /**
   * Hands at most `limit` doorbells, oldest first, to `ring` and forgets them once it resolved; answers how many. When
   * it rejects, or this process dies, they stay. Of several at the same time each gets other doorbells.
   */
  abstract deliver(
    limit: number,
    ring: (doorbells: readonly WaitingDoorbell[]) => Promise<void>,
  ): Promise<number>
  /** Called after each commit that wrote outbox rows (this process only), so delivery costs no poll. */
  abstract onCommit(listener: () => void): void
}

export abstract class AuditStore {
  abstract append(record: MutationRecord): Promise<void>
  abstract list(limit: number): Promise<readonly AuditEvent[]>
}

export abstract class SettingStore {
  abstract get(name: string): Promise<string | undefined>
  /** Keeps the first value when two processes race; answers what is stored. */
  abstract getOrCreate(name: string, make: () => string): Promise<string>
  abstract set(name: string, value: string, record: MutationRecord): Promise<void>
  /** Webhook deliveries seen: true when this id is new (then it is remembered). */
  abstract firstDelivery(id: string, at: string): Promise<boolean>
}
