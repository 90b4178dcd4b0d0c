import { AppError } from '../../base/app-error.js'
import { isTerminal, type Operation } from '../../engine/sync/operation.js'
import { OperationStore, type OperationEnding, type OperationStep } from '../operation-store.js'
import type { Deployment, Fences, MutationRecord } from '../records.js'
import type { Database } from './database.js'
import { FENCE_HOLDS } from './fence.js'
import {
  OPERATION_COLUMNS,
  operationValues,
  toDeployment,
  toOperation,
  toStep,
  type DeploymentRow,
  type OperationRow,
  type StepRow,
} from './operation-row.js'

const SET = `(phase, message, results, revisions, retry_count, finished_at) =
  ROW($2::text, $3::text, $4::jsonb, $5::jsonb, $6::int, $7::timestamptz)`
/** A terminal row never changes again. */
const OPEN = 'id = $1 AND finished_at IS NULL'

/** Every write is one statement: the path of a healed drift waits for it. */
export class PrismaOperationStore extends OperationStore {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async start(
    operation: Operation,
    record: MutationRecord,
    idempotencyKey?: string,
  ): Promise<Operation> {
    const refused = await this.#insert(operation, record, idempotencyKey)
    if (refused === 'started') return operation
    const earlier = idempotencyKey === undefined ? undefined : await this.#byIdempotencyKey(idempotencyKey)
    if (earlier !== undefined) return earlier
    throw refused
  }

  override async active(applicationId: string): Promise<Operation | undefined> {
    const where = 'application_id = $1 AND finished_at IS NULL'
    return (await this.#select('operation-active', where, [applicationId]))[0]
  }

  override allActive(): Promise<readonly Operation[]> {
    return this.#select('operation-all-active', 'finished_at IS NULL ORDER BY started_at', [])
  }

  override async get(id: string): Promise<Operation | undefined> {
    return (await this.#select('operation-get', 'id = $1', [id]))[0]
  }

  override history(applicationId: string, limit: number): Promise<readonly Operation[]> {
    const where = 'application_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2'
    return this.#select('operation-history', where, [applicationId, limit])
  }

  override async appendSteps(steps: readonly OperationStep[], fence?: Fences): Promise<void> {
    if (steps.length === 0) return
    await this.#database.fenced({
      name: 'operation-steps-append',
      fence,
      ctes: `appended AS (INSERT INTO operation_steps (operation_id, sequence, kind, result)
        SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::text[]::jsonb[]) WHERE ${FENCE_HOLDS}
        ON CONFLICT DO NOTHING), change AS (SELECT 1)`,
      values: [
        steps.map((step) => step.operationId),
        steps.map((step) => step.sequence),
        steps.map((step) => step.kind),
        steps.map((step) => (step.result === null ? null : JSON.stringify(step.result))),
      ],
    })
  }

  override async steps(operationId: string): Promise<readonly OperationStep[]> {
    const rows = await this.#database.rows<StepRow>({
      name: 'operation-steps',
      text: 'SELECT operation_id, sequence, kind, result FROM operation_steps WHERE operation_id = $1 ORDER BY sequence',
      values: [operationId],
    })
    return rows.map(toStep)
  }

  override async save(operation: Operation, fence?: Fences): Promise<boolean> {
    const [row] = await this.#database.fenced<{ saved: boolean | null }>({
      name: 'operation-save',
      fence,
      ctes: `change AS (UPDATE operations SET ${SET} WHERE ${OPEN} AND ${FENCE_HOLDS} RETURNING true AS saved)`,
      values: saveValues(operation),
    })
    return row?.saved === true
  }

  override async finish(
    operation: Operation,
    record: MutationRecord,
    { deployment, fence }: OperationEnding = {},
  ): Promise<boolean> {
    const change = `change AS (UPDATE operations SET ${SET} WHERE ${OPEN} AND ${FENCE_HOLDS} RETURNING 1)`
    const changed = await this.#database.change(
      deployment === undefined
        ? { name: 'operation-finish', fence, ctes: change, values: saveValues(operation) }
        : {
            name: 'operation-finish-deployed',
            fence,
            ctes: `${change}, deployed AS (
              INSERT INTO deployments (id, application_id, revisions, render_keys, operation_id, initiated_by, deployed_at)
              SELECT $8::text, $9::text, $10::jsonb, $11::jsonb, $12::text, $13::text, $14::timestamptz
              WHERE EXISTS (SELECT FROM change))`,
            values: [...saveValues(operation), ...deploymentValues(deployment)],
          },
      record,
    )
    return changed > 0
  }

  override async deployments(applicationId: string, limit: number): Promise<readonly Deployment[]> {
    const rows = await this.#database.rows<DeploymentRow>({
      name: 'deployments',
      text: `SELECT id, application_id, revisions, render_keys, operation_id, initiated_by, deployed_at
        FROM deployments WHERE application_id = $1 ORDER BY deployed_at DESC, id DESC LIMIT $2`,
      values: [applicationId, limit],
    })
    return rows.map(toDeployment)
  }

  /** Two requests with one key at the same moment collide on either index: the caller looks for the row of the first. */
  async #insert(
    operation: Operation,
    record: MutationRecord,
    key: string | undefined,
  ): Promise<'started' | AppError> {
    const change = {
      name: 'operation-start',
      ctes: `change AS (INSERT INTO operations (${OPERATION_COLUMNS}, idempotency_key)
        SELECT $1::text, $2::text, $3::text, $4::text, $5::jsonb, $6::text, $7::boolean, $8::jsonb, $9::text, $10::int, $11::jsonb,
          $12::timestamptz, $13::timestamptz, $14::text
        WHERE NOT EXISTS (SELECT FROM operations WHERE idempotency_key = $14::text) RETURNING 1)`,
      values: [...operationValues(operation), key ?? null],
    }
    try {
      const changed = await this.#database.change(change, record)
      return changed > 0
        ? 'started'
        : new AppError('INTERNAL', 'The operation was neither started nor found.')
    } catch (error) {
      if (error instanceof AppError && error.code === 'CONFLICT') return error
      throw error
    }
  }

  async #byIdempotencyKey(key: string): Promise<Operation | undefined> {
    return (await this.#select('operation-by-idempotency-key', 'idempotency_key = $1', [key]))[0]
  }

  async #select(name: string, where: string, values: readonly unknown[]): Promise<readonly Operation[]> {
    const text = `SELECT ${OPERATION_COLUMNS} FROM operations WHERE ${where}`
    return (await this.#database.rows<OperationRow>({ name, text, values })).map(toOperation)
  }
}

/** Values of SET with the id in front; a terminal operation always has its end. */
function saveValues(operation: Operation): readonly unknown[] {
  const { id, phase, message, results, revisions, retryCount, finishedAt } = operation
  const end = isTerminal(phase) ? (finishedAt ?? new Date().toISOString()) : null
  return [id, phase, message, JSON.stringify(results), JSON.stringify(revisions), retryCount, end]
}

function deploymentValues(deployment: Deployment): readonly unknown[] {
  const { id, applicationId, revisions, renderKeys, operationId, initiatedBy, deployedAt } = deployment
  return [
    id,
    applicationId,
    JSON.stringify(revisions),
    JSON.stringify(renderKeys),
    operationId,
    initiatedBy,
    deployedAt,
  ]
}
