import { AppError } from '../../base/app-error.js'
import type { Operation } from '../../engine/sync/operation.js'
import {
  OperationStore,
  type OperationBeginning,
  type OperationEnding,
  type OperationStep,
  type StoredStep,
  type StopWish,
} from '../operation-store.js'
import type { Deployment, Fences, ManagedObject, MutationRecord } from '../records.js'
import type { Database } from './database.js'
import { FENCE_HOLDS } from './fence.js'
import { managedCte, managedValues } from './managed-rows.js'
import {
  deployedCte,
  deploymentValues,
  OPERATION_COLUMNS,
  operationValues,
  saveValues,
  STEP_VALUES,
  stepsFrom,
  stepValues,
  DEPLOYMENT_COLUMNS,
  toDeployment,
  toOperation,
  toStep,
  type DeploymentRow,
  type OperationRow,
  type StepRow,
} from './operation-row.js'

/** Who saves a running operation may not know yet that somebody asked to stop it. */
const STOPPING = `phase = 'Terminating' AND $2::text = 'Running'`
const SET = `(phase, message, results, revisions, retry_count, finished_at, not_before) =
  ROW(CASE WHEN ${STOPPING} THEN phase ELSE $2::text END, CASE WHEN ${STOPPING} THEN message ELSE $3::text END,
    $4::jsonb, $5::jsonb, $6::int, $7::timestamptz, $8::timestamptz)`
/** What saveValues gives. */
const SAVE_VALUES = 8
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
    beginning: OperationBeginning = {},
  ): Promise<Operation> {
    const { idempotencyKey } = beginning
    const refused = await this.#insert(operation, record, beginning)
    if (refused === 'started') return operation
    const earlier = idempotencyKey === undefined ? undefined : await this.byIdempotencyKey(idempotencyKey)
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

  override async byIdempotencyKey(key: string): Promise<Operation | undefined> {
    return (await this.#select('operation-by-idempotency-key', 'idempotency_key = $1', [key]))[0]
  }

  override history(applicationId: string, limit: number): Promise<readonly Operation[]> {
    const where = 'application_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2'
    return this.#select('operation-history', where, [applicationId, limit])
  }

  override async appendSteps(
    steps: readonly OperationStep[],
    fence?: Fences,
    managed: readonly ManagedObject[] = [],
  ): Promise<readonly StopWish[]> {
    if (steps.length === 0) return []
    const rows = await this.#database.fenced<{ id: string | null; message: string }>({
      name: 'operation-steps-append',
      fence,
      ctes: `appended AS (INSERT INTO operation_steps (operation_id, sequence, kind, content)
        SELECT * FROM ${stepsFrom(1)} WHERE ${FENCE_HOLDS} ON CONFLICT DO NOTHING),
        ${managedCte(STEP_VALUES + 1)},
        change AS (SELECT id, message FROM operations WHERE id = ANY($1::text[]) AND phase <> 'Running')`,
      values: [...stepValues(steps), ...managedValues(managed)],
    })
    return rows.flatMap(({ id, message }) => (id === null ? [] : [{ operationId: id, message }]))
  }

  override async terminate(id: string, message: string, record: MutationRecord): Promise<boolean> {
    const change = {
      name: 'operation-terminate',
      ctes: `change AS (UPDATE operations SET phase = 'Terminating', message = $2::text
        WHERE ${OPEN} AND phase <> 'Terminating' RETURNING 1)`,
      values: [id, message],
    }
    return (await this.#database.change(change, record)) > 0
  }

  override async steps(operationId: string): Promise<readonly StoredStep[]> {
    const rows = await this.#database.rows<StepRow>({
      name: 'operation-steps',
      text: 'SELECT operation_id, sequence, kind, content, at FROM operation_steps WHERE operation_id = $1 ORDER BY sequence',
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
    { deployment, fence, steps = [], managed = [] }: OperationEnding = {},
  ): Promise<boolean> {
    const values = [...saveValues(operation), ...stepValues(steps), ...managedValues(managed)]
    const ctes = `change AS (UPDATE operations SET ${SET} WHERE ${OPEN} AND ${FENCE_HOLDS} RETURNING 1),
      appended AS (INSERT INTO operation_steps (operation_id, sequence, kind, content)
        SELECT * FROM ${stepsFrom(SAVE_VALUES + 1)} WHERE EXISTS (SELECT FROM change) ON CONFLICT DO NOTHING),
      ${managedCte(SAVE_VALUES + STEP_VALUES + 1)}`
    const changed = await this.#database.change(
      deployment === undefined
        ? { name: 'operation-finish', fence, ctes, values }
        : {
            name: 'operation-finish-deployed',
            fence,
            ctes: `${ctes}, ${deployedCte(values.length + 1)}`,
            values: [...values, ...deploymentValues(deployment)],
          },
      record,
    )
    return changed > 0
  }

  override async deployments(applicationId: string, limit: number): Promise<readonly Deployment[]> {
    const rows = await this.#database.rows<DeploymentRow>({
      name: 'deployments',
      text: `SELECT ${DEPLOYMENT_COLUMNS} FROM deployments WHERE application_id = $1
        ORDER BY deployed_at DESC, id DESC LIMIT $2`,
      values: [applicationId, limit],
    })
    return rows.map(toDeployment)
  }

  override async deployment(applicationId: string, number: number): Promise<Deployment | undefined> {
    const [row] = await this.#database.rows<DeploymentRow>({
      name: 'deployment',
      text: `SELECT ${DEPLOYMENT_COLUMNS} FROM deployments WHERE application_id = $1 AND number = $2 LIMIT 1`,
      values: [applicationId, number],
    })
    return row && toDeployment(row)
  }

  /** Two requests with one key at the same moment collide on either index: the caller looks for the row of the first. */
  async #insert(
    operation: Operation,
    record: MutationRecord,
    { idempotencyKey, fence, managed = [], deletion }: OperationBeginning,
  ): Promise<'started' | AppError> {
    const change = {
      name: 'operation-start',
      fence,
      ctes: `change AS (INSERT INTO operations (${OPERATION_COLUMNS}, idempotency_key)
        SELECT $1::text, $2::text, $3::text, $4::text, $5::jsonb, $6::text, $7::boolean, $8::jsonb, $9::text, $10::int, $11::jsonb,
          $12::timestamptz, $13::timestamptz, $14::timestamptz, $15::text
        WHERE ${FENCE_HOLDS} AND NOT EXISTS (SELECT FROM operations WHERE idempotency_key = $15::text) RETURNING 1),
        going AS (UPDATE applications SET deletion = $16::jsonb
          WHERE id = $2::text AND $16::jsonb IS NOT NULL AND EXISTS (SELECT FROM change)),
        ${managedCte(17)}`,
      values: [
        ...operationValues(operation),
        idempotencyKey ?? null,
        deletion === undefined ? null : JSON.stringify(deletion),
        ...managedValues(managed),
      ],
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

  async #select(name: string, where: string, values: readonly unknown[]): Promise<readonly Operation[]> {
    const text = `SELECT ${OPERATION_COLUMNS} FROM operations WHERE ${where}`
    return (await this.#database.rows<OperationRow>({ name, text, values })).map(toOperation)
  }
}
