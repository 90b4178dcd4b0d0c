import {
  isTerminal,
  type Operation,
  type OperationKind,
  type OperationPhase,
  type ResourceResult,
  type SyncRequest,
} from '../../engine/sync/operation.js'
import { stepContent, type StepKind } from '../../engine/sync/step-log.js'
import type { ApplicationSource } from '../../engine/application/application.js'
import type { OperationStep, StoredStep } from '../operation-store.js'
import type { Deployment, NewDeployment } from '../records.js'

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
  readonly not_before: Date | null
}

export const OPERATION_COLUMNS =
  'id, application_id, kind, phase, request, username, automated, revisions, message, retry_count, results, started_at, finished_at, not_before'

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
    ...(row.not_before === null ? {} : { notBefore: row.not_before.toISOString() }),
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
    operation.notBefore ?? null,
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
  readonly number: number
  readonly started_at: Date | null
  readonly automated: boolean
  readonly sources: readonly ApplicationSource[]
}

export const DEPLOYMENT_COLUMNS =
  'id, application_id, revisions, render_keys, operation_id, initiated_by, deployed_at, number, started_at, automated, sources'

export function toDeployment(row: DeploymentRow): Deployment {
  return {
    id: row.id,
    applicationId: row.application_id,
    revisions: row.revisions,
    renderKeys: row.render_keys,
    operationId: row.operation_id,
    initiatedBy: row.initiated_by,
    deployedAt: row.deployed_at.toISOString(),
    number: row.number,
    automated: row.automated,
    sources: row.sources,
    ...(row.started_at === null ? {} : { startedAt: row.started_at.toISOString() }),
  }
}

export interface StepRow {
  readonly operation_id: string
  readonly sequence: number
  readonly kind: StepKind
  readonly content: unknown
  readonly at: Date
}

export function toStep(row: StepRow): StoredStep {
  const { operation_id: operationId, sequence, kind, content, at } = row
  return { operationId, sequence, kind, content: stepContent(content), at: at.toISOString() }
}

/** How many values `stepValues` gives. */
export const STEP_VALUES = 4

/** Columns of `unnest` for a batch of steps, as parameters from `$first` on. */
export function stepsFrom(first: number): string {
  return `unnest($${first}::text[], $${first + 1}::int[], $${first + 2}::text[], $${first + 3}::text[]::jsonb[])`
}

export function stepValues(steps: readonly OperationStep[]): readonly unknown[] {
  return [
    steps.map((step) => step.operationId),
    steps.map((step) => step.sequence),
    steps.map((step) => step.kind),
    steps.map((step) => JSON.stringify(step.content)),
  ]
}

/** Values of `SET` in the store, with the id in front; a terminal operation always has its end. */
export function saveValues(operation: Operation): readonly unknown[] {
  const { id, phase, message, results, revisions, retryCount, finishedAt, notBefore } = operation
  const end = isTerminal(phase) ? (finishedAt ?? new Date().toISOString()) : null
  const texts = [JSON.stringify(results), JSON.stringify(revisions)]
  return [id, phase, message, ...texts, retryCount, end, notBefore ?? null]
}

/** The entry of the history as part of a statement, when its change happened: parameters from `$first` on. */
export function deployedCte(first: number): string {
  const p = (n: number): string => `$${first + n}`
  return `deployed AS (
    INSERT INTO deployments (id, application_id, revisions, render_keys, operation_id, initiated_by, deployed_at,
      started_at, automated, sources, number)
    SELECT ${p(0)}::text, ${p(1)}::text, ${p(2)}::jsonb, ${p(3)}::jsonb, ${p(4)}::text, ${p(5)}::text, ${p(6)}::timestamptz,
      ${p(7)}::timestamptz, ${p(8)}::boolean, ${p(9)}::jsonb,
      (SELECT coalesce(max(number), -1) + 1 FROM deployments WHERE application_id = ${p(1)}::text)
    WHERE EXISTS (SELECT FROM change))`
}

export function deploymentValues(deployment: NewDeployment): readonly unknown[] {
  const { id, applicationId, revisions, renderKeys, operationId, initiatedBy, deployedAt } = deployment
  const { startedAt, automated, sources } = deployment
  const texts = [JSON.stringify(revisions), JSON.stringify(renderKeys)]
  const begin = [id, applicationId, ...texts, operationId, initiatedBy, deployedAt]
  return [...begin, startedAt ?? null, automated, JSON.stringify(sources)]
}
