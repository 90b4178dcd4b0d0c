import type { Operation, ResourceResult } from '../engine/sync/operation.js'
import type { Deployment, Fences, MutationRecord } from './records.js'

/** One step that was carried out; a crashed operation resumes by reading them. */
export interface OperationStep {
  readonly operationId: string
  readonly sequence: number
  readonly kind: string
  readonly result: ResourceResult | null
}

export interface OperationEnding {
  /** The entry of the history, for a whole successful sync. */
  readonly deployment?: Deployment | undefined
  readonly fence?: Fences | undefined
}

export abstract class OperationStore {
  /**
   * Starts an operation with its audit event and outbox row in one transaction. CONFLICT when the application has an
   * active one. With an idempotency key that was seen before, answers the earlier operation and writes nothing.
   */
  abstract start(operation: Operation, record: MutationRecord, idempotencyKey?: string): Promise<Operation>
  abstract active(applicationId: string): Promise<Operation | undefined>
  /** All that are not terminal: what a starting worker resumes. */
  abstract allActive(): Promise<readonly Operation[]>
  abstract get(id: string): Promise<Operation | undefined>
  /** Newest first, at most `limit`. */
  abstract history(applicationId: string, limit: number): Promise<readonly Operation[]>
  abstract appendSteps(steps: readonly OperationStep[], fence?: Fences): Promise<void>
  abstract steps(operationId: string): Promise<readonly OperationStep[]>
  /** Phase, message, results, revisions, retryCount; a terminal row never changes again (returns false). */
  abstract save(operation: Operation, fence?: Fences): Promise<boolean>
  /** Terminal state, audit event and (for a whole successful sync) the deployment, in one transaction. */
  abstract finish(operation: Operation, record: MutationRecord, ending?: OperationEnding): Promise<boolean>
  abstract deployments(applicationId: string, limit: number): Promise<readonly Deployment[]>
}
