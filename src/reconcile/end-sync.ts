import { crashPoint } from '../base/crash-point.js'
import type { Clock } from '../base/clock.js'
import { sourcesOf, type Application } from '../engine/application/application.js'
import type { Operation, OperationPhase } from '../engine/sync/operation.js'
import { recallSteps } from '../engine/sync/step-log.js'
import { resourceKeyText } from '../engine/manifest/resource-key.js'
import type { OperationStep, OperationStore } from '../store/operation-store.js'
import type { NewDeployment, Fence, MutationRecord } from '../store/records.js'
import type { Comparison } from './comparison.js'
import type { OperationLog } from './operation-log.js'
import { finishedSync } from './sync-audit.js'

export interface EndSyncDeps {
  readonly operations: OperationStore
  readonly clock: Clock
  readonly newId: () => string
  /** Tells whoever looks at the operation. */
  readonly onOperation: (operationId: string) => void
}

export interface SyncEnding {
  readonly phase: OperationPhase
  readonly message: string
  readonly results: Operation['results']
}

export interface EndedSync {
  readonly application: Application
  readonly operation: Operation
  readonly comparison: Comparison
  readonly log: OperationLog
  readonly fence: Fence | undefined
}

/** Ends operations: the last steps, the terminal state, the audit event and the history in one transaction. */
export class EndSync {
  readonly #deps: EndSyncDeps

  constructor(deps: EndSyncDeps) {
    this.#deps = deps
  }

  async run({ application, comparison, log, fence, ...of }: EndedSync, end: SyncEnding): Promise<Operation> {
    const { notBefore: _over, ...former } = of.operation
    const finishedAt = this.#now()
    const operation: Operation = { ...former, ...end, revisions: comparison.revisions, finishedAt }
    log.note('finished', { phase: operation.phase })
    crashPoint('S15:before')
    const deployment = this.#deployment(application, comparison, operation)
    await log.with((done) =>
      this.#deps.operations.finish(operation, recordOf(application, operation), {
        ...done,
        deployment,
        fence,
      }),
    )
    crashPoint('S15:after')
    this.#deps.onOperation(operation.id)
    return operation
  }

  /** A sync that somebody stopped, between two runs: what it did is read from its log, no cluster is asked. */
  async stopped(application: Application, operation: Operation): Promise<void> {
    const steps = await this.#deps.operations.steps(operation.id)
    const { results: done, sequence } = recallSteps(steps, '')
    const results = new Map([
      ...operation.results.map((result) => [resourceKeyText(result), result] as const),
      ...done,
    ])
    const { notBefore: _over, ...former } = operation
    const ended: Operation = {
      ...former,
      phase: 'Failed',
      results: [...results.values()],
      finishedAt: this.#now(),
    }
    const last: OperationStep = {
      operationId: operation.id,
      sequence: sequence + 1,
      kind: 'terminated',
      content: {},
    }
    await this.#deps.operations.finish(ended, recordOf(application, ended), { steps: [last] })
    this.#deps.onOperation(operation.id)
  }

  #deployment(
    { spec }: Application,
    comparison: Comparison,
    operation: Operation,
  ): NewDeployment | undefined {
    const whole = operation.request.resources === undefined && !operation.request.dryRun
    if (!whole || operation.phase !== 'Succeeded') return undefined
    return {
      id: this.#deps.newId(),
      applicationId: operation.applicationId,
      revisions: comparison.revisions,
      renderKeys: comparison.renderKeys,
      operationId: operation.id,
      initiatedBy: operation.initiatedBy.username,
      automated: operation.initiatedBy.automated,
      sources: operation.request.rollback?.sources ?? sourcesOf(spec),
      startedAt: operation.startedAt,
      deployedAt: operation.finishedAt ?? operation.startedAt,
    }
  }

  #now(): string {
    return new Date(this.#deps.clock.now()).toISOString()
  }
}

function recordOf(application: Application, operation: Operation): MutationRecord {
  return { audit: finishedSync(application, operation), doorbells: [] }
}
