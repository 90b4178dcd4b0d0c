import { AppError } from '../../base/app-error.js'
import { isTerminal, type Operation } from '../../engine/sync/operation.js'
import {
  OperationStore,
  type OperationBeginning,
  type OperationEnding,
  type OperationStep,
  type StoredStep,
  type StopWish,
} from '../operation-store.js'
import type { Deployment, Fences, ManagedObject, MutationRecord } from '../records.js'
import type { Ledger } from './ledger.js'
import {
  keepManaged,
  type ApplicationRows,
  type MemoryApplicationStoreDeps,
} from './memory-application-store.js'
import type { MemoryLeaseStore } from './memory-lease-store.js'

export class MemoryOperationStore extends OperationStore {
  readonly #ledger: Ledger
  readonly #leases: MemoryLeaseStore
  readonly #rows: ApplicationRows
  readonly #operations = new Map<string, Operation>()
  readonly #byKey = new Map<string, string>()
  readonly #steps = new Map<string, Map<number, StoredStep>>()
  readonly #deployments: Deployment[] = []

  constructor({ ledger, leases, rows }: MemoryApplicationStoreDeps) {
    super()
    this.#ledger = ledger
    this.#leases = leases
    this.#rows = rows
  }

  override async start(
    operation: Operation,
    record: MutationRecord,
    { idempotencyKey, fence, managed = [], deletion }: OperationBeginning = {},
  ): Promise<Operation> {
    this.#leases.refuseOutdated(fence)
    const earlier = this.#operations.get(this.#byKey.get(idempotencyKey ?? '') ?? '')
    if (earlier !== undefined) return earlier
    if (this.#active(operation.applicationId) !== undefined) {
      throw new AppError(
        'CONFLICT',
        'Another operation is running on this application: wait for it or terminate it.',
      )
    }
    this.#operations.set(operation.id, operation)
    keepManaged(this.#rows, managed)
    const going = this.#rows.applications.get(operation.applicationId)
    if (going !== undefined && deletion !== undefined)
      this.#rows.applications.set(going.id, { ...going, deletion })
    if (idempotencyKey !== undefined) this.#byKey.set(idempotencyKey, operation.id)
    this.#ledger.write(record)
    return operation
  }

  override async active(applicationId: string): Promise<Operation | undefined> {
    return this.#active(applicationId)
  }

  override async allActive(): Promise<readonly Operation[]> {
    return [...this.#operations.values()].filter(({ finishedAt }) => finishedAt === undefined)
  }

  override async get(id: string): Promise<Operation | undefined> {
    return this.#operations.get(id)
  }

  override async byIdempotencyKey(key: string): Promise<Operation | undefined> {
    return this.#operations.get(this.#byKey.get(key) ?? '')
  }

  override async history(applicationId: string, limit: number): Promise<readonly Operation[]> {
    return newestFirst(
      [...this.#operations.values()].filter((operation) => operation.applicationId === applicationId),
      ({ startedAt }) => startedAt,
    ).slice(0, limit)
  }

  override async appendSteps(
    steps: readonly OperationStep[],
    fence?: Fences,
    managed: readonly ManagedObject[] = [],
  ): Promise<readonly StopWish[]> {
    this.#leases.refuseOutdated(fence)
    keepManaged(this.#rows, managed)
    this.#append(steps)
    return [...new Set(steps.map(({ operationId }) => operationId))].flatMap((operationId) => {
      const stored = this.#operations.get(operationId)
      const goesOn = stored === undefined || stored.phase === 'Running'
      return goesOn ? [] : [{ operationId, message: stored.message }]
    })
  }

  override async terminate(id: string, message: string, record: MutationRecord): Promise<boolean> {
    const stored = this.#operations.get(id)
    if (stored?.phase !== 'Running') return false
    this.#operations.set(id, { ...stored, phase: 'Terminating', message })
    this.#ledger.write(record)
    return true
  }

  override async steps(operationId: string): Promise<readonly StoredStep[]> {
    return [...(this.#steps.get(operationId)?.values() ?? [])].sort((a, b) => a.sequence - b.sequence)
  }

  override async save(operation: Operation, fence?: Fences): Promise<boolean> {
    this.#leases.refuseOutdated(fence)
    const stored = this.#operations.get(operation.id)
    if (stored === undefined || stored.finishedAt !== undefined) return false
    const { results, revisions, retryCount, notBefore } = operation
    const { phase, message } =
      stored.phase === 'Terminating' && operation.phase === 'Running' ? stored : operation
    const { notBefore: _former, ...kept } = stored
    const end = isTerminal(phase) ? { finishedAt: operation.finishedAt ?? new Date().toISOString() } : {}
    const saved = { ...kept, phase, message, results, revisions, retryCount, ...end }
    this.#operations.set(stored.id, notBefore === undefined ? saved : { ...saved, notBefore })
    return true
  }

  override async finish(
    operation: Operation,
    record: MutationRecord,
    { deployment, fence, steps = [], managed = [] }: OperationEnding = {},
  ): Promise<boolean> {
    this.#leases.refuseOutdated(fence)
    keepManaged(this.#rows, managed)
    if (!(await this.save(operation, fence))) return false
    this.#append(steps)
    if (deployment !== undefined) {
      const earlier = this.#deployments.filter((one) => one.applicationId === deployment.applicationId)
      this.#deployments.push({ ...deployment, number: Math.max(-1, ...earlier.map((one) => one.number)) + 1 })
    }
    this.#ledger.write(record)
    return true
  }

  override async deployments(applicationId: string, limit: number): Promise<readonly Deployment[]> {
    return newestFirst(
      this.#deployments.filter((deployment) => deployment.applicationId === applicationId),
      ({ deployedAt }) => deployedAt,
    ).slice(0, limit)
  }

  override async deployment(applicationId: string, number: number): Promise<Deployment | undefined> {
    return this.#deployments.find((one) => one.applicationId === applicationId && one.number === number)
  }

  #append(steps: readonly OperationStep[]): void {
    for (const step of steps) {
      const known = this.#steps.get(step.operationId) ?? new Map<number, StoredStep>()
      if (!known.has(step.sequence)) known.set(step.sequence, { ...step, at: new Date().toISOString() })
      this.#steps.set(step.operationId, known)
    }
  }

  /** Without a turn in between: checking and writing are one step. */
  #active(applicationId: string): Operation | undefined {
    return [...this.#operations.values()].find(
      (operation) => operation.applicationId === applicationId && operation.finishedAt === undefined,
    )
  }
}

/** ISO times sort as text; of equal times the later id comes first. */
function newestFirst<T extends { readonly id: string }>(
  items: readonly T[],
  timeOf: (item: T) => string,
): T[] {
  const rank = (item: T): string => `${timeOf(item)} ${item.id}`
  return [...items].sort((a, b) => (rank(a) < rank(b) ? 1 : -1))
}
