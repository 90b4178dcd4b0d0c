import type { Operation } from '../engine/sync/operation.js'
import {
  OperationStore,
  type OperationBeginning,
  type OperationEnding,
  type OperationStep,
} from '../store/operation-store.js'
import type { Fences, ManagedObject, MutationRecord } from '../store/records.js'
import type { Metrics } from '../telemetry/metrics.js'

/** Counts operations that end and steps that are logged; everything else passes as it is. */
export class MeasuredOperations extends OperationStore {
  readonly #store: OperationStore
  readonly #metrics: Metrics

  constructor(store: OperationStore, metrics: Metrics) {
    super()
    this.#store = store
    this.#metrics = metrics
  }

  override async appendSteps(
    steps: readonly OperationStep[],
    fence?: Fences,
    managed?: readonly ManagedObject[],
  ) {
    const wishes = await this.#store.appendSteps(steps, fence, managed)
    this.#countSteps(steps)
    return wishes
  }

  override async finish(operation: Operation, record: MutationRecord, ending?: OperationEnding) {
    const isEnded = await this.#store.finish(operation, record, ending)
    if (isEnded) {
      this.#countSteps(ending?.steps ?? [])
      this.#countEnd(operation, record.audit.project ?? '')
    }
    return isEnded
  }

  override start(operation: Operation, record: MutationRecord, beginning?: OperationBeginning) {
    return this.#store.start(operation, record, beginning)
  }

  override active(applicationId: string) {
    return this.#store.active(applicationId)
  }

  override allActive() {
    return this.#store.allActive()
  }

  override get(id: string) {
    return this.#store.get(id)
  }

  override byIdempotencyKey(key: string) {
    return this.#store.byIdempotencyKey(key)
  }

  override history(applicationId: string, limit: number) {
    return this.#store.history(applicationId, limit)
  }

  override terminate(id: string, message: string, record: MutationRecord) {
    return this.#store.terminate(id, message, record)
  }

  override steps(operationId: string) {
    return this.#store.steps(operationId)
  }

  override save(operation: Operation, fence?: Fences) {
    return this.#store.save(operation, fence)
  }

  override deployments(applicationId: string, limit: number) {
    return this.#store.deployments(applicationId, limit)
  }

  override deployment(applicationId: string, number: number) {
    return this.#store.deployment(applicationId, number)
  }

  #countSteps(steps: readonly OperationStep[]): void {
    for (const { kind } of steps) this.#metrics.count('lockstep_operation_steps_total', { kind })
  }

  #countEnd({ phase, request, initiatedBy, startedAt, finishedAt }: Operation, project: string): void {
    const labels = {
      project,
      phase,
      dry_run: String(request.dryRun),
      automated: String(initiatedBy.automated),
    }
    this.#metrics.count('lockstep_app_sync_total', labels)
    const seconds = (Date.parse(finishedAt ?? startedAt) - Date.parse(startedAt)) / 1000
    this.#metrics.count('lockstep_app_sync_duration_seconds_total', { project }, Math.max(0, seconds))
  }
}
