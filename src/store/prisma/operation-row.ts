import type {
  Operation,
  OperationKind,
  OperationPhase,
  ResourceResult,
  SyncRequest,
} from '../../engine/sync/operation.js'
import type { OperationStep } from '../operation-store.js'
import type { Deployment } from '../records.js'

export interface OperationRow {
  readonly id: string
  readonly application_id: string
  readonly kind: OperationKind
  readonly phase: OperationPhase
  readonly request: SyncRequest
  readonly username: string
  readonly automated: boolean
  readonly revisions: readonly string[]
  readonly message: string
  readonly retry_count: number
  readonly results: readonly ResourceResult[]
  readonly started_at: Date
  readonly finished_at: Date | null
}

export const OPERATION_COLUMNS =
  'id, application_id, kind, phase, request, username, automated, revisions, message, retry_count, results, started_at, finished_at'

export function toOperation(row: OperationRow): Operation {
  return {
    id: row.id,
    applicationId: row.application_id,
    kind: row.kind,
    phase: row.phase,
    request: row.request,
    initiatedBy: { username: row.username, automated: row.automated },
    revisions: row.revisions,
    message: row.message,
    retryCount: row.retry_count,
    results: row.results,
    startedAt: row.started_at.toISOString(),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at.toISOString() }),
  }
}

/** Values of OPERATION_COLUMNS, in order. */
export function operationValues(operation: Operation): readonly unknown[] {
  return [
    operation.id,
    operation.applicationId,
    operation.kind,
    operation.phase,
    JSON.stringify(operation.request),
    operation.initiatedBy.username,
    operation.initiatedBy.automated,
    JSON.stringify(operation.revisions),
    operation.message,
    operation.retryCount,
    JSON.stringify(operation.results),
    operation.startedAt,
    operation.finishedAt ?? null,
  ]
}

export interface DeploymentRow {
  readonly id: string
  readonly application_id: string
  readonly revisions: readonly string[]
  readonly render_keys: readonly string[]
  readonly operation_id: string
  readonly initiated_by: string
  readonly deployed_at: Date
}

export function toDeployment(row: DeploymentRow): Deployment {
  return {
    id: row.id,
    applicationId: row.application_id,
    revisions: row.revisions,
    renderKeys: row.render_keys,
    operationId: row.operation_id,
    initiatedBy: row.initiated_by,
    deployedAt: row.deployed_at.toISOString(),
  }
}

export interface StepRow {
  readonly operation_id: string
  readonly sequence: number
  readonly kind: string
  readonly result: ResourceResult | null
}

export function toStep(row: StepRow): OperationStep {
  return { operationId: row.operation_id, sequence: row.sequence, kind: row.kind, result: row.result }
}
