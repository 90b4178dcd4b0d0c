import { AppError, reasonOf } from '../base/app-error.js'
import { crashPoint } from '../base/crash-point.js'
import type { Clock, NewId } from '../base/clock.js'
import type { Application } from '../engine/application/application.js'
import type { Project } from '../engine/project/project.js'
import type { ApplicationStatus } from '../engine/status/application-status.js'
import { decideAutomatedSync, type AutomatedSyncDecision } from '../engine/sync/decide-automated-sync.js'
import { healAttempts } from '../engine/sync/heal-attempts.js'
import { takeHeal, type HealBudget, type HealLimits } from '../engine/sync/heal-budget.js'
import type { Operation, SyncRequest } from '../engine/sync/operation.js'
import type { Stores } from '../store/stores.js'
import { extendLogContext } from '../telemetry/log-context.js'
import { assessComparison, unknownStatus } from './assess-comparison.js'
import type { ClusterSessions } from './cluster-sessions.js'
import type { CompareApplication, CompareRequest } from './compare-application.js'
import { NotTheOwner } from './not-the-owner.js'
import type { RunDeletion } from './run-deletion.js'
import type { RunSync } from './run-sync.js'
import type { StatusFlusher } from './status-flusher.js'

export interface ReconcileApplicationDeps {
  readonly stores: Pick<Stores, 'applications' | 'operations' | 'projects'>
  readonly sessions: ClusterSessions
  readonly compare: CompareApplication
  readonly sync: RunSync
  readonly deletion: RunDeletion
  readonly statuses: StatusFlusher
  readonly clock: Clock
  readonly newId: NewId
  /** Self-heals that one cluster may take. */
  readonly healLimits: HealLimits
  /** Tells whoever looks at the operation that it changed. */
  readonly onOperation: (operationId: string) => void
}

/** Seconds until the application is looked at again without an event; undefined = only on events. */
export type Requeue = number | undefined

/** What an operation left is looked at right after it. */
const SOON_SECONDS = 0.05

/** The loop: observe → compare → decide → act → save. Runs for one application at a time. */
export class ReconcileApplication {
  readonly #deps: ReconcileApplicationDeps
  /** By cluster. */
  readonly #heals = new Map<string, HealBudget>()
  readonly #last = new Map<string, ApplicationStatus>()

  constructor(deps: ReconcileApplicationDeps) {
    this.#deps = deps
  }

  /** Throws AppError; its `retry` says when to come back. The status tells people the reason already. */
  async run(applicationId: string): Promise<Requeue> {
    const application = await this.#deps.stores.applications.get(applicationId)
    if (application === undefined) return this.#forget(applicationId)
    try {
      return await this.#reconcile(application)
    } catch (error) {
      // What another process owns is told by that one.
      if (!(error instanceof NotTheOwner)) await this.#tellUnknown(application, error)
      throw error
    }
  }

  async #reconcile(application: Application): Promise<Requeue> {
    const { applications, operations } = this.#deps.stores
    const [desired, operation] = await Promise.all([
      applications.desired(application.id),
      operations.active(application.id),
    ])
    noteInLog(operation)
    if (application.deletion !== undefined && operation?.kind !== 'sync')
      return this.#delete(application, operation)
    if (operation?.phase === 'Terminating') {
      await this.#deps.sync.stop(application, operation)
      return SOON_SECONDS
    }
    if (desired === undefined || desired.generation !== application.generation) return undefined
    const [session, project] = await Promise.all([
      this.#deps.sessions.of(application.spec.destination),
      this.#project(application),
    ])
    const request = { application, project, desired, session }
    if (operation === undefined) return this.#follow(request)
    const early = this.#deps.sync.due(operation)
    return early > 0 ? this.#waitForRetry(request, operation, early) : this.#sync(request, operation)
  }

  /** Nothing is asked for: compare, and let the policy decide. */
  async #follow(request: CompareRequest): Promise<Requeue> {
    const { application } = request
    const comparison = await this.#deps.compare.run(request)
    const status = await this.#assess(request, comparison)
    const decision = await this.#decide(request, status)
    if (decision.kind === 'sync') {
      const operation = await this.#start(application, status, decision)
      return operation === undefined ? 1 : this.#sync(request, operation, true)
    }
    const refused = decision.kind === 'none' && decision.syncError === true ? decision.reason : undefined
    this.#offer(
      application,
      refused === undefined ? status : await this.#assess(request, comparison, refused),
    )
    return decision.kind === 'wait' ? (decision.untilMs - this.#deps.clock.now()) / 1000 : undefined
  }

  /** A failed sync waits for its next attempt: people see the reason all the time, and what is live. */
  async #waitForRetry(request: CompareRequest, operation: Operation, early: number): Promise<Requeue> {
    const comparison = await this.#deps.compare.run(request)
    this.#offer(request.application, await this.#assess(request, comparison, operation.message))
    return early / 1000
  }

  async #sync(request: CompareRequest, operation: Operation, fresh = false): Promise<Requeue> {
    const { application, session } = request
    const comparison = await this.#deps.compare.run(request)
    const outcome = await this.#deps.sync.run({ application, operation, comparison, session, fresh })
    const after = await this.#deps.compare.run(request)
    const { phase, message, notBefore } = outcome.operation
    const failed = phase === 'Failed' || notBefore !== undefined
    const status = await this.#assess(request, after, failed ? message : undefined)
    this.#offer(application, status)
    if (outcome.requeueAfterSeconds !== undefined) return outcome.requeueAfterSeconds
    // The operation is over: what it left (a change meanwhile, a deletion that waited) is for the next run.
    const more = application.deletion !== undefined || (phase === 'Succeeded' && status.sync === 'OutOfSync')
    return more ? SOON_SECONDS : undefined
  }

  async #delete(application: Application, operation: Operation | undefined): Promise<Requeue> {
    const { deletion } = application
    if (deletion === undefined) return undefined
    const session = deletion.cascade ? await this.#deps.sessions.of(application.spec.destination) : undefined
    const requeue = await this.#deps.deletion.run({ application, deletion, operation, session })
    return requeue ?? this.#forget(application.id)
  }

  async #decide(
    { application, session }: CompareRequest,
    status: ApplicationStatus,
  ): Promise<AutomatedSyncDecision> {
    const now = this.#deps.clock.now()
    if (status.sync !== 'OutOfSync') return { kind: 'none', reason: `The application is ${status.sync}.` }
    const [last] = await this.#deps.stores.operations.history(application.id, 1)
    const heals = healAttempts({ last, lastStartedAt: Date.parse(last?.startedAt ?? ''), status, now })
    const decision = decideAutomatedSync({
      spec: application.spec,
      generation: application.generation,
      deleting: application.deletion !== undefined,
      status,
      lastOperation: last,
      autoHealAttempts: heals.count,
      now,
      lastHealAt: heals.lastAt,
    })
    if (decision.kind !== 'sync' || !decision.heal) return decision
    const { waitUntilMs } = this.#takeHeal(session.record.id, now)
    if (waitUntilMs !== undefined) return { kind: 'wait', untilMs: waitUntilMs }
    return { ...decision, request: { ...decision.request, autoHealAttempts: heals.count + 1 } }
  }

  #takeHeal(clusterId: string, now: number) {
    const turn = takeHeal(this.#heals.get(clusterId), this.#deps.healLimits, now)
    this.#heals.set(clusterId, turn.budget)
    return turn
  }

  /** Undefined when somebody was faster: their operation is served by the next run; and when another worker owns the cluster. */
  async #start(
    application: Application,
    status: ApplicationStatus,
    decision: { readonly request: SyncRequest; readonly heal: boolean },
  ): Promise<Operation | undefined> {
    const now = this.#deps.clock.now()
    const operation: Operation = {
      id: this.#deps.newId(),
      applicationId: application.id,
      kind: 'sync',
      phase: 'Running',
      request: { ...decision.request, generation: application.generation },
      initiatedBy: { username: 'system', automated: true },
      revisions: status.revisions,
      message: decision.heal ? 'correcting drift' : 'syncing automatically',
      retryCount: 0,
      results: [],
      startedAt: new Date(now).toISOString(),
    }
    const audit = {
      actor: 'system',
      action: decision.heal ? 'heal-application' : 'sync-application',
      object: `application/${application.namespace}/${application.name}`,
      project: application.spec.project,
      details: { operation: operation.id },
    }
    try {
      const fence = this.#deps.sessions.fenceOf(application.spec.destination)
      crashPoint('S0:automated:before')
      const started = await this.#deps.stores.operations.start(operation, { audit, doorbells: [] }, { fence })
      crashPoint('S0:automated:after')
      this.#deps.onOperation(started.id)
      return started
    } catch (error) {
      if (error instanceof AppError && error.code === 'CONFLICT') return undefined
      throw error
    }
  }

  async #assess(
    { application }: CompareRequest,
    comparison: Awaited<ReturnType<CompareApplication['run']>>,
    syncError?: string,
  ): Promise<ApplicationStatus> {
    const now = new Date(this.#deps.clock.now()).toISOString()
    const previous = await this.#previous(application.id)
    return assessComparison({
      application,
      comparison,
      now,
      previous,
      ...(syncError === undefined ? {} : { syncError }),
    })
  }

  async #tellUnknown(application: Application, error: unknown): Promise<void> {
    const now = new Date(this.#deps.clock.now()).toISOString()
    const previous = await this.#previous(application.id).catch(() => undefined)
    const type = application.deletion === undefined ? conditionOf(error) : 'DeletionError'
    this.#offer(application, unknownStatus({ application, message: reasonOf(error), type, now, previous }))
  }

  async #previous(applicationId: string): Promise<ApplicationStatus | undefined> {
    return this.#last.get(applicationId) ?? (await this.#deps.stores.applications.status(applicationId))
  }

  async #project(application: Application): Promise<Project> {
    const project = await this.#deps.stores.projects.byName(application.spec.project)
    if (project !== undefined) return project
    throw new AppError(
      'BAD_USER_INPUT',
      `Project "${application.spec.project}" of application "${application.name}" does not exist. Create it, or correct spec.project.`,
    )
  }

  /** What was lost meanwhile is told by its new owner. */
  #offer({ spec }: Application, status: ApplicationStatus): void {
    try {
      this.#deps.statuses.offer(status, this.#deps.sessions.fenceOf(spec.destination))
      this.#last.set(status.applicationId, status)
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'CONFLICT')) throw error
      this.#forget(status.applicationId)
    }
  }

  #forget(applicationId: string): undefined {
    this.#last.delete(applicationId)
    this.#deps.statuses.forget(applicationId)
    return undefined
  }
}

/** What names a cluster or project that is not there is wrong until a person acts; anything else may pass. */
function conditionOf(error: unknown): 'InvalidSpecError' | 'ComparisonError' {
  const wrong =
    error instanceof AppError &&
    ['NOT_FOUND', 'BAD_USER_INPUT'].includes(error.code) &&
    error.retry === 'never'
  return wrong ? 'InvalidSpecError' : 'ComparisonError'
}

/** Every line that is logged from here on says which operation it is about. */
function noteInLog(operation: Operation | undefined): void {
  if (operation !== undefined) extendLogContext({ operation: operation.id })
}
