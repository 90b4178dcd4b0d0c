import type { Application, Deletion } from '../engine/application/application.js'
import type { ApplicationStatus } from '../engine/status/application-status.js'
import type { Desired, Fences, ManagedObject, MutationRecord } from './records.js'

/**
 * Applications and what is known about each. Mutations write row, audit event and outbox in one transaction. What a worker writes for a
 * cluster or from a repository it owns carries a fence.
 */
export abstract class ApplicationStore {
  /** CONFLICT when (namespace, name) exists, or the key was used before (`byIdempotencyKey` then answers for what). */
  abstract create(application: Application, record: MutationRecord, idempotencyKey?: string): Promise<void>
  /** The application that `create` was given this key for, while it exists. */
  abstract byIdempotencyKey(key: string): Promise<Application | undefined>
  /** CONFLICT when the stored generation is not `application.generation - 1`. */
  abstract update(application: Application, record: MutationRecord): Promise<void>
  /** Adds these annotations; what is declared stays, and so does its generation. NOT_FOUND when it is gone. */
  abstract annotate(
    id: string,
    annotations: Readonly<Record<string, string>>,
    record: MutationRecord,
  ): Promise<void>
  abstract markDeleting(id: string, deletion: Deletion, record: MutationRecord): Promise<void>
  /** Removes the row and all that hangs on it (status, inventory, operations stay as history without the row). */
  abstract remove(id: string, record: MutationRecord, fence?: Fences): Promise<void>
  abstract get(id: string): Promise<Application | undefined>
  abstract getMany(ids: readonly string[]): Promise<readonly Application[]>
  abstract byName(namespace: string, name: string): Promise<Application | undefined>
  /** Every application whose spec names this repository (normalised URL) in any source. */
  abstract byRepository(normalizedUrl: string): Promise<readonly Application[]>
  /** Every application whose destination is this cluster (by server or name). */
  abstract byCluster(cluster: {
    readonly server: string
    readonly name: string
  }): Promise<readonly Application[]>
  /** Ids of every application of a project. */
  abstract idsOfProject(project: string): Promise<readonly string[]>

  abstract desired(id: string): Promise<Desired | undefined>
  abstract desiredMany(ids: readonly string[]): Promise<readonly Desired[]>
  /** One statement for the whole batch; rings the doorbells of `applications` after commit (outbox). */
  abstract saveDesired(batch: readonly Desired[], fence?: Fences): Promise<void>

  abstract status(id: string): Promise<ApplicationStatus | undefined>
  abstract statuses(ids: readonly string[]): Promise<readonly ApplicationStatus[]>
  /** One statement for the whole batch; answers the sequence of the flush. */
  abstract saveStatuses(batch: readonly ApplicationStatus[], fence?: Fences): Promise<number>

  abstract inventory(applicationId: string): Promise<readonly ManagedObject[]>
  abstract inventories(applicationIds: readonly string[]): Promise<readonly ManagedObject[]>
  /** Inserts or replaces; one statement. */
  abstract saveManaged(objects: readonly ManagedObject[], fence?: Fences): Promise<void>
  abstract removeManaged(objects: readonly ManagedObject[], fence?: Fences): Promise<void>
  /** Field sets by content: same text, same id. `save` is idempotent. */
  abstract fieldSets(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  abstract saveFieldSets(sets: ReadonlyMap<string, string>): Promise<void>
}
