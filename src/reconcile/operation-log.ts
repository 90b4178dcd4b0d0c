import { canonicalText } from '../engine/diff/project-on.js'
import { resourceKeyText } from '../engine/manifest/resource-key.js'
import type { JsonObject } from '../engine/manifest/manifest.js'
import type { Operation } from '../engine/sync/operation.js'
import { plannedContent, recallSteps, type Recalled, type StepKind } from '../engine/sync/step-log.js'
import type { SyncPlan } from '../engine/sync/sync-plan.js'
import type { OperationStep, OperationStore } from '../store/operation-store.js'
import type { Fence, ManagedObject } from '../store/records.js'
import type { Comparison } from './comparison.js'
import type { Done, StepWriter } from './step-writer.js'

export interface OperationLogDeps {
  readonly operations: OperationStore
  readonly writer: StepWriter
  readonly hmac: (text: string) => string
}

export interface LoggedOperation {
  readonly operation: Operation
  readonly comparison: Comparison
  readonly clusterId: string
  readonly fence: Fence | undefined
  /** Started by this very run: nothing can be logged yet. */
  readonly fresh: boolean
}

/**
 * The step log of one operation while it is carried out. Steps, and the forms in which objects were applied, are noted at
 * once and written before the next step that depends on their being known; the last ones go with the end of the operation
 * in one transaction. What a crash takes away is observed again: an object without a form is compared as it is.
 */
export class OperationLog {
  readonly recalled: Recalled
  readonly #writer: StepWriter
  readonly #of: LoggedOperation
  readonly #hash: string
  #sequence: number
  #pending: OperationStep[] = []
  #managed: readonly ManagedObject[] = []

  private constructor(parts: {
    readonly writer: StepWriter
    readonly of: LoggedOperation
    readonly hash: string
    readonly recalled: Recalled
  }) {
    this.#writer = parts.writer
    this.#of = parts.of
    this.#hash = parts.hash
    this.recalled = parts.recalled
    this.#sequence = parts.recalled.sequence
  }

  /** Reads what earlier runs logged, here or elsewhere. */
  static async open(deps: OperationLogDeps, of: LoggedOperation): Promise<OperationLog> {
    const hash = deps.hmac(subjectOf(of)).slice(0, 32)
    const steps = of.fresh ? [] : await deps.operations.steps(of.operation.id)
    return new OperationLog({ writer: deps.writer, of, hash, recalled: recallSteps(steps, hash) })
  }

  /** Notes the plan, unless the log follows this very one already. */
  planned(plan: SyncPlan): void {
    if (this.recalled.planHash !== this.#hash) this.note('planned', plannedContent(plan, this.#hash))
  }

  note(kind: StepKind, content: JsonObject): void {
    this.#sequence += 1
    this.#pending.push({ operationId: this.#of.operation.id, sequence: this.#sequence, kind, content })
  }

  /** Notes a batch of applied objects, with the step that says what came of it. */
  applied(managed: readonly ManagedObject[], content: JsonObject): void {
    this.#managed = [...this.#managed, ...managed]
    this.note('applied', content)
  }

  /** Stores what was noted. Answers the sentence that stops the operation, when somebody asked for it. */
  async write(): Promise<string | undefined> {
    return this.with((done) => this.#writer.append(done, this.#of))
  }

  /** Hands what was noted and not stored to who stores it; after a failure it waits for the next one. */
  async with<T>(store: (done: Done) => Promise<T>): Promise<T> {
    const done = { steps: this.#pending, managed: this.#managed }
    this.#pending = []
    this.#managed = []
    try {
      return await store(done)
    } catch (error) {
      this.#pending = [...done.steps, ...this.#pending]
      this.#managed = [...done.managed, ...this.#managed]
      throw error
    }
  }
}

/** What is applied and how: the same text means the same plan, whatever is live. */
function subjectOf({ operation, comparison }: LoggedOperation): string {
  const { generation: _asked, autoHealAttempts: _heals, ...request } = operation.request
  const targets = comparison.targets.map(({ target, desiredHash }) => [
    resourceKeyText(target.key),
    desiredHash,
  ])
  return canonicalText([request, targets.sort()])
}
