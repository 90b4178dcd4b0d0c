import { crashPoint } from '../base/crash-point.js'
import type { Clock } from '../base/clock.js'
import type { Application } from '../engine/application/application.js'
import { syncOptions } from '../engine/application/sync-options.js'
import type { Operation, OperationPhase } from '../engine/sync/operation.js'
import { nextStep } from '../engine/sync/next-step.js'
import { planSync } from '../engine/sync/plan-sync.js'
import { retryDelay } from '../engine/sync/retry-delay.js'
import type { PruneLimits, SyncPlan } from '../engine/sync/sync-plan.js'
import { resourceKeyText } from '../engine/manifest/resource-key.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { OperationStore } from '../store/operation-store.js'
import type { Deployment } from '../store/records.js'
import type { ClusterSession } from './cluster-session.js'
import type { Comparison } from './comparison.js'
import { planInput } from './plan-input.js'
import { SyncProgress } from './sync-progress.js'
import { SyncSteps } from './sync-steps.js'

const WAIT_SECONDS = 5

export interface RunSyncDeps {
  readonly applications: ApplicationStore
  readonly operations: OperationStore
  readonly clock: Clock
  readonly newId: () => string
  readonly hmac: (text: string) => string
  readonly limits: { readonly dryRunFirst: 'auto' | 'always' | 'never'; readonly prune?: PruneLimits }
}

export interface SyncContext {
  readonly application: Application
  readonly operation: Operation
  readonly comparison: Comparison
  readonly session: ClusterSession
}

export interface SyncOutcome {
  readonly operation: Operation
  /** Come back then, unless an event comes first; absent when the operation is over. */
  readonly requeueAfterSeconds?: number
}

/**
 * Carries one operation forward: plans, executes step after step, stores what happened, and ends. `wait` is not a loop.
 * Every decision is the engine's; a crash at any line is resumed by observing again.
 */
export class RunSync {
  readonly #deps: RunSyncDeps
  /** Operation id → not before this time (ms): the back-off of a failed attempt. */
  readonly #notBefore = new Map<string, number>()

  constructor(deps: RunSyncDeps) {
    this.#deps = deps
  }

  async run(context: SyncContext): Promise<SyncOutcome> {
    const early = (this.#notBefore.get(context.operation.id) ?? 0) - this.#deps.clock.now()
    if (early > 0) return { operation: context.operation, requeueAfterSeconds: early / 1000 }
    const plan = planSync(planInput({ ...context, limits: this.#deps.limits }))
    const foreign = foreignObjectProblem(context)
    if (foreign !== undefined) return this.#close(context, { phase: 'Failed', message: foreign, results: [] })
    const progress = new SyncProgress(plan, context)
    const steps = new SyncSteps(this.#deps, { ...context, progress })
    return this.#advance(context, progress, steps)
  }

  async #advance(context: SyncContext, progress: SyncProgress, steps: SyncSteps): Promise<SyncOutcome> {
    for (;;) {
      const step = nextStep(progress.plan, progress.observed())
      if (step.kind === 'done') return this.#done(context, progress)
      if (step.kind === 'failed') return this.#failed(context, progress, step.reason)
      if (step.kind === 'wait') return this.#wait(context, progress, step.reason)
      await steps.run(step.kind, step.keys)
      crashPoint(`after:${step.kind}`)
    }
  }

  async #done(context: SyncContext, progress: SyncProgress): Promise<SyncOutcome> {
    await this.#forget(context, progress.plan)
    noteSkipped(progress, context)
    const results = progress.results()
    const changed = results.filter(({ outcome }) => outcome !== 'unchanged' && outcome !== 'skipped').length
    const message = context.operation.request.dryRun
      ? 'The dry-run succeeded; nothing was changed.'
      : `Synced: ${changed} of ${results.length} objects changed.`
    return this.#close(context, { phase: 'Succeeded', message, results })
  }

  /** A failure is tried again as the retry policy says; until then the operation stays open. */
  async #failed(context: SyncContext, progress: SyncProgress, reason: string): Promise<SyncOutcome> {
    const { application, operation } = context
    const results = progress.results()
    const { retryCount, initiatedBy } = operation
    const policy = application.spec.syncPolicy?.retry
    const blocked = progress.plan.blocked !== undefined || operation.phase === 'Terminating'
    const delay = blocked
      ? undefined
      : retryDelay({
          policy,
          retryCount,
          automated: initiatedBy.automated,
        })
    if (delay === undefined) return this.#close(context, { phase: 'Failed', message: reason, results })
    const next = {
      ...operation,
      message: `${reason} Retrying (attempt ${retryCount + 2}).`,
      results,
      retryCount: retryCount + 1,
    }
    this.#notBefore.set(operation.id, this.#deps.clock.now() + delay)
    await this.#deps.operations.save(next)
    return { operation: next, requeueAfterSeconds: delay / 1000 }
  }

  async #wait(context: SyncContext, progress: SyncProgress, reason: string): Promise<SyncOutcome> {
    const next = { ...context.operation, message: reason, results: progress.results() }
    crashPoint('S12:before')
    if (next.message !== context.operation.message) await this.#deps.operations.save(next)
    crashPoint('S12:after')
    return { operation: next, requeueAfterSeconds: WAIT_SECONDS }
  }

  async #close(
    context: SyncContext,
    end: { readonly phase: OperationPhase; readonly message: string; readonly results: Operation['results'] },
  ): Promise<SyncOutcome> {
    const { application, comparison } = context
    const finishedAt = new Date(this.#deps.clock.now()).toISOString()
    const operation: Operation = { ...context.operation, ...end, revisions: comparison.revisions, finishedAt }
    this.#notBefore.delete(operation.id)
    const audit = {
      actor: operation.initiatedBy.username,
      action: 'finish-sync',
      object: `application/${application.namespace}/${application.name}`,
      project: application.spec.project,
      details: { operation: operation.id, phase: operation.phase },
    }
    crashPoint('S15:before')
    await this.#deps.operations.finish(
      operation,
      { audit, doorbells: [] },
      { deployment: this.#deployment(context, operation) },
    )
    crashPoint('S15:after')
    return { operation }
  }

  #deployment({ comparison }: SyncContext, operation: Operation): Deployment | undefined {
    const whole = operation.request.resources === undefined && !operation.request.dryRun
    if (!whole || operation.phase !== 'Succeeded') return undefined
    return {
      id: this.#deps.newId(),
      applicationId: operation.applicationId,
      revisions: comparison.revisions,
      renderKeys: comparison.renderKeys,
      operationId: operation.id,
      initiatedBy: operation.initiatedBy.username,
      deployedAt: operation.finishedAt ?? operation.startedAt,
    }
  }

  /** Inventory that is proven absent and no longer declared leaves the records. */
  async #forget({ session, comparison }: SyncContext, plan: SyncPlan): Promise<void> {
    const forgotten = new Set([
      ...plan.forgotten,
      ...plan.prune.flatMap(({ items }) => items.map(({ key }) => key)),
    ])
    const objects = comparison.extras
      .filter(({ object }) => forgotten.has(resourceKeyText(object)))
      .map(({ object }) => object)
    if (objects.length === 0) return
    await this.#deps.applications.removeManaged(objects)
    for (const object of objects) session.forms.remove(object)
  }
}

function noteSkipped(progress: SyncProgress, { comparison }: SyncContext): void {
  for (const { key, reason: message } of progress.plan.skipped) {
    const object = comparison.extras.find((extra) => resourceKeyText(extra.object) === key)?.object
    if (object === undefined) continue
    const { group, kind, namespace, name, version } = object
    const result = { outcome: 'skipped', status: 'PruneSkipped', message } as const
    progress.note(key, { group, kind, namespace, name, version, ...result })
  }
}

/** `FailOnSharedResource=true`: an object of another application fails the sync before any change. */
function foreignObjectProblem({ application, operation, comparison }: SyncContext): string | undefined {
  const own = application.spec.syncPolicy?.syncOptions ?? []
  const options = syncOptions({
    application: own,
    ...(operation.request.syncOptions && { operation: operation.request.syncOptions }),
  })
  if (!options.failOnSharedResource) return undefined
  return comparison.warnings.find(({ type }) => type === 'SharedResourceWarning')?.message
}
