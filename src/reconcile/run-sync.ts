import { AppError } from '../base/app-error.js'
import { crashPoint } from '../base/crash-point.js'
import type { Clock } from '../base/clock.js'
import type { Application } from '../engine/application/application.js'
import type { Project } from '../engine/project/project.js'
import type { Operation } from '../engine/sync/operation.js'
import { confirmationWish } from '../engine/sync/deletion-approval.js'
import { nextStep, type SyncStep } from '../engine/sync/next-step.js'
import { planSync } from '../engine/sync/plan-sync.js'
import { retryDelay } from '../engine/sync/retry-delay.js'
import type { PruneLimits, SyncPlan } from '../engine/sync/sync-plan.js'
import { resourceKeyText } from '../engine/manifest/resource-key.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { ProjectStore } from '../store/directory-stores.js'
import type { OperationStore } from '../store/operation-store.js'
import type { Fence, ManagedObject } from '../store/records.js'
import type { ClusterSession } from './cluster-session.js'
import { byKey, type Comparison } from './comparison.js'
import { EndSync, type SyncEnding } from './end-sync.js'
import { firstIntents } from './intents.js'
import { OperationLog } from './operation-log.js'
import { planInput } from './plan-input.js'
import { proveAbsence } from './prove-absence.js'
import { refuseSync } from './refuse-sync.js'
import { StepWriter } from './step-writer.js'
import { SyncProgress } from './sync-progress.js'
import { SyncSteps } from './sync-steps.js'

const WAIT_SECONDS = 5
const BLIND_SECONDS = 5
const SOON_SECONDS = 0.05
/** Steps of one wave are on record, and a wish to stop is heard, at the latest so long after. */
const KNOWN_WITHIN_MS = 1_000

export interface RunSyncDeps {
  readonly applications: ApplicationStore
  readonly operations: OperationStore
  readonly projects: Pick<ProjectStore, 'byName'>
  readonly clock: Clock
  readonly newId: () => string
  readonly hmac: (text: string) => string
  readonly limits: { readonly dryRunFirst: 'auto' | 'always' | 'never'; readonly prune?: PruneLimits }
  /** Tells whoever looks at the operation that it changed. */
  readonly onOperation: (operationId: string) => void
}

export interface SyncContext {
  readonly application: Application
  /** Whose rules the comparison went by. */
  readonly project: Project
  readonly operation: Operation
  readonly comparison: Comparison
  readonly session: ClusterSession
  /** Started by this very run: nobody did anything for it before. */
  readonly fresh: boolean
}

export interface SyncOutcome {
  readonly operation: Operation
  /** Come back then, unless an event comes first; absent when the operation is over. */
  readonly requeueAfterSeconds?: number
}

/** One run of one operation. */
interface Run extends SyncContext {
  readonly log: OperationLog
  readonly progress: SyncProgress
  readonly fence: Fence | undefined
}

/**
 * Carries one operation forward: plans, executes step after step, stores what happened, and ends. `wait` is not a loop.
 * Every decision is the engine's; a crash at any line is resumed from the step log and by observing again.
 */
export class RunSync {
  readonly #deps: RunSyncDeps
  readonly #writer: StepWriter
  readonly #end: EndSync

  constructor(deps: RunSyncDeps) {
    this.#deps = deps
    this.#writer = new StepWriter(deps.operations)
    this.#end = new EndSync(deps)
  }

  /** Milliseconds until the next attempt of a failed sync is due; 0 = now. */
  due(operation: Operation): number {
    if (operation.notBefore === undefined) return 0
    return Math.max(0, Date.parse(operation.notBefore) - this.#deps.clock.now())
  }

  /** Ends a sync that somebody stopped; no cluster is asked. */
  stop(application: Application, operation: Operation): Promise<void> {
    return this.#end.stopped(application, operation)
  }

  /** What goes on record with a new operation, because its first step will change it. */
  intents(context: Omit<SyncContext, 'fresh' | 'project'>): readonly ManagedObject[] {
    if (context.comparison.blind !== undefined || refuseSync(context) !== undefined) return []
    const plan = planSync(planInput({ ...context, limits: this.#deps.limits }))
    return firstIntents({ ...context, plan, targets: byKey(context.comparison) })
  }

  async run(context: SyncContext): Promise<SyncOutcome> {
    const { session, operation, comparison, fresh } = context
    refuseBlind(comparison)
    const plan = planSync(planInput({ ...context, limits: this.#deps.limits }))
    const fence = session.fence
    const log = await OperationLog.open(
      { operations: this.#deps.operations, writer: this.#writer, hmac: this.#deps.hmac },
      { operation, comparison, clusterId: session.record.id, fence, fresh },
    )
    const progress = new SyncProgress(plan, { ...context, recalled: log.recalled })
    const run: Run = { ...context, log, progress, fence }
    const refusal = refuseSync(context)
    if (refusal !== undefined) return this.#close(run, { phase: 'Failed', message: refusal, results: [] })
    log.planned(plan)
    try {
      return await this.#advance(run, new SyncSteps(this.#deps, run))
    } catch (error) {
      // What was done before is known, whoever goes on. The reason for the end is the error, not this.
      await log.write().catch(() => undefined)
      throw error
    }
  }

  async #advance(run: Run, steps: SyncSteps): Promise<SyncOutcome> {
    const { progress, log } = run
    const { plan } = progress
    const { clock } = this.#deps
    // A plan that deletes, waits or tries first is on record before anything is done; another one beside it.
    let mayGoOn = plan.prune.length === 0 && plan.waves.length <= 1 && plan.dryRun.length === 0
    let knownAt = clock.monotonic()
    for (;;) {
      const step = nextStep(plan, progress.observed())
      if (isEnd(step)) return this.#ended(run, step)
      const isSameWave = step.kind === 'apply' && !progress.enterWave(step.keys, log)
      if (!mayGoOn && !(isSameWave && clock.monotonic() - knownAt < KNOWN_WITHIN_MS)) {
        const left = await this.#checkpoint(run)
        if (left !== undefined) return left
        knownAt = clock.monotonic()
      }
      mayGoOn = false
      await steps.run(step.kind, step.keys)
      crashPoint(`after:${step.kind}`)
    }
  }

  #ended(run: Run, step: EndStep): Promise<SyncOutcome> {
    if (step.kind === 'done') return this.#done(run)
    return step.kind === 'failed' ? this.#failed(run, step.reason) : this.#wait(run, waitText(run, step))
  }

  /**
   * Before each wave and each prune: what was done is on record, nobody asked to stop, and the project is as it was.
   * Answers how the run ends otherwise; the next one goes by the new rules of the project.
   */
  async #checkpoint(run: Run): Promise<SyncOutcome | undefined> {
    const stop = await this.#record(run.log)
    if (stop !== undefined) return this.#stopped(run, stop)
    const { name, id, generation } = run.project
    const now = await this.#deps.projects.byName(name)
    if (now?.id === id && now.generation === generation) return undefined
    return { operation: run.operation, requeueAfterSeconds: SOON_SECONDS }
  }

  async #record(log: OperationLog): Promise<string | undefined> {
    crashPoint('S6:log:before')
    const stop = await log.write()
    crashPoint('S6:log:after')
    return stop
  }

  async #done(run: Run): Promise<SyncOutcome> {
    const { progress, operation } = run
    await this.#forget(run, progress.plan)
    progress.noteSkipped(run.comparison)
    const results = progress.results()
    const changed = results.filter(({ outcome }) => outcome !== 'unchanged' && outcome !== 'skipped').length
    const message = operation.request.dryRun
      ? 'The dry-run succeeded; nothing was changed.'
      : `Synced: ${changed} of ${results.length} objects changed.`
    return this.#close(run, { phase: 'Succeeded', message, results })
  }

  /** A failure is tried again as the retry policy says; until then the operation stays open. */
  async #failed(run: Run, reason: string): Promise<SyncOutcome> {
    const { application, operation, progress, log, fence } = run
    const results = progress.results()
    const { retryCount, initiatedBy } = operation
    const policy = application.spec.syncPolicy?.retry
    const delay =
      progress.plan.blocked === undefined
        ? retryDelay({ policy, retryCount, automated: initiatedBy.automated })
        : undefined
    if (delay === undefined) return this.#close(run, { phase: 'Failed', message: reason, results })
    const attempt = retryCount + 2
    log.note('retried', { attempt, reason })
    const stop = await log.write()
    if (stop !== undefined) return this.#stopped(run, stop)
    const next: Operation = {
      ...operation,
      message: `${reason} Retrying (attempt ${attempt}).`,
      results,
      retryCount: retryCount + 1,
      notBefore: new Date(this.#deps.clock.now() + delay).toISOString(),
    }
    await this.#deps.operations.save(next, fence)
    this.#deps.onOperation(operation.id)
    return { operation: next, requeueAfterSeconds: delay / 1000 }
  }

  /** Between two steps somebody asked to stop: nothing more is changed. */
  #stopped(run: Run, message: string): Promise<SyncOutcome> {
    run.log.note('terminated', {})
    return this.#close(run, { phase: 'Failed', message, results: run.progress.results() })
  }

  async #wait(run: Run, message: string): Promise<SyncOutcome> {
    const { operation, progress, fence } = run
    const stop = await this.#record(run.log)
    if (stop !== undefined) return this.#stopped(run, stop)
    const next = { ...operation, message, results: progress.results() }
    crashPoint('S12:before')
    if (message !== operation.message) {
      await this.#deps.operations.save(next, fence)
      this.#deps.onOperation(operation.id)
    }
    crashPoint('S12:after')
    return { operation: next, requeueAfterSeconds: WAIT_SECONDS }
  }

  async #close(run: Run, end: SyncEnding): Promise<SyncOutcome> {
    return { operation: await this.#end.run(run, end) }
  }

  /** Inventory that is proven absent and no longer declared leaves the records. */
  async #forget({ session, comparison, fence, progress }: Run, plan: SyncPlan): Promise<void> {
    const forgotten = new Set([
      ...plan.forgotten,
      ...plan.prune.flatMap(({ items }) => items.map(({ key }) => key)),
    ])
    const objects = comparison.extras
      .filter(({ object }) => forgotten.has(resourceKeyText(object)))
      .map(({ object }) => object)
    if (objects.length === 0) return
    const pruned = new Set(
      progress.results().flatMap((one) => (one.outcome === 'pruned' ? [resourceKeyText(one)] : [])),
    )
    await proveAbsence(
      objects.filter((object) => !pruned.has(resourceKeyText(object))),
      session,
    )
    await this.#deps.applications.removeManaged(objects, fence)
    for (const object of objects) session.forms.remove(object)
  }
}

/** What cannot be seen is no verdict on the sync: it stays open and goes on when the cluster is seen again. */
function refuseBlind({ blind }: Comparison): void {
  if (blind === undefined) return
  throw new AppError('UPSTREAM_CLUSTER', blind, { retry: { afterSeconds: BLIND_SECONDS } })
}

/** What a person must do is said with names. */
function waitText(
  { application, progress }: Run,
  step: Extract<SyncStep, { readonly kind: 'wait' }>,
): string {
  return step.keys === progress.plan.unconfirmed ? confirmationWish(application.name, step.keys) : step.reason
}

type EndStep = Extract<SyncStep, { readonly kind: 'done' | 'failed' | 'wait' }>

function isEnd(step: SyncStep): step is EndStep {
  return step.kind === 'done' || step.kind === 'failed' || step.kind === 'wait'
}
