import type { Deletion } from '../engine/application/application.js'
import type { Operation } from '../engine/sync/operation.js'
import type { LoggedStep } from '../engine/sync/step-log.js'
import type { Deployment, Fences, ManagedObject, MutationRecord, NewDeployment } from './records.js'

/** One step that was carried out; a crashed operation resumes by reading them. */
export interface OperationStep extends LoggedStep {
  readonly operationId: string
}

/** A step as it is stored. */
export interface StoredStep extends OperationStep {
  readonly at: string
}

/** An operation that somebody asked to stop, with the sentence that says who. */
export interface StopWish {
  readonly operationId: string
  readonly message: string
}

export interface OperationEnding {
  /** The entry of the history, for a whole successful sync. */
  readonly deployment?: NewDeployment | undefined
  readonly fence?: Fences | undefined
  /** The last steps, in the same transaction. */
  readonly steps?: readonly OperationStep[]
  /** Objects in the form in which they were applied last; saved even when the operation was over already. */
  readonly managed?: readonly ManagedObject[]
}

export interface OperationBeginning {
  /** Of a request that may be repeated. */
  readonly idempotencyKey?: string | undefined
  /** Of a worker that starts it by itself. */
  readonly fence?: Fences | undefined
  /** Objects that are about to be created: no crash forgets one. */
  readonly managed?: readonly ManagedObject[]
  /** Marks its application as going, in the same transaction. */
  readonly deletion?: Deletion
}

export abstract class OperationStore {
  /**
   * Starts an operation with its audit event and outbox row in one transaction. CONFLICT when the application has an
   * active one. With an idempotency key that was seen before, answers the earlier operation and writes nothing.
   */
  abstract start(
    operation: Operation,
    record: MutationRecord,
    beginning?: OperationBeginning,
  ): Promise<Operation>
  abstract active(applicationId: string): Promise<Operation | undefined>
  /** All that are not terminal: what a starting worker resumes. */
  abstract allActive(): Promise<readonly Operation[]>
  abstract get(id: string): Promise<Operation | undefined>
  /** What `start` was given with this key. */
  abstract byIdempotencyKey(key: string): Promise<Operation | undefined>
  /** Newest first, at most `limit`. */
  abstract history(applicationId: string, limit: number): Promise<readonly Operation[]>
  /**
   * One statement, with the objects that were applied; the first record of a sequence stays. Answers which of these operations are to stop, or were ended by
   * somebody else already.
   */
  abstract appendSteps(
    steps: readonly OperationStep[],
    fence?: Fences,
    managed?: readonly ManagedObject[],
  ): Promise<readonly StopWish[]>
  /** Marks a running operation as Terminating; false, and no record, when it is over or marked already. */
  abstract terminate(id: string, message: string, record: MutationRecord): Promise<boolean>
  abstract steps(operationId: string): Promise<readonly StoredStep[]>
  /**
   * Phase, message, results, revisions, retryCount, notBefore; a terminal row never changes again (returns false). An
   * operation that is to stop stays so, with its message, when a running one is saved.
   */
  abstract save(operation: Operation, fence?: Fences): Promise<boolean>
  /** Terminal state, audit event and (for a whole successful sync) the deployment, in one transaction. */
  abstract finish(operation: Operation, record: MutationRecord, ending?: OperationEnding): Promise<boolean>
  /** Newest first. */
  abstract deployments(applicationId: string, limit: number): Promise<readonly Deployment[]>
  abstract deployment(applicationId: string, number: number): Promise<Deployment | undefined>
}
