import { AppError, reasonOf } from '../base/app-error.js'
import { crashPoint } from '../base/crash-point.js'
import type { Clock, NewId } from '../base/clock.js'
import type { Application } from '../engine/application/application.js'
import type { WindowVerdict } from '../engine/project/sync-windows.js'
import type { ApplicationStatus } from '../engine/status/application-status.js'
import { decideAutomatedSync, type AutomatedSyncDecision } from '../engine/sync/decide-automated-sync.js'
import { healAttempts } from '../engine/sync/heal-attempts.js'
import { takeHeal, type HealBudget, type HealLimits } from '../engine/sync/heal-budget.js'
import type { Operation } from '../engine/sync/operation.js'
import type { ApplicationFacts } from '../store/application-facts.js'
import type { Stores } from '../store/stores.js'
import { extendLogContext } from '../telemetry/log-context.js'
import { newOperation, recordOf, type NewSync } from './automated-operation.js'
import { assessComparison, unknownStatus } from './assess-comparison.js'
import type { ClusterSessions } from './cluster-sessions.js'
import type { CompareApplication, CompareRequest } from './compare-application.js'
import type { Comparison } from './comparison.js'
import { ORPHANS_KNOWN_FOR_SECONDS } from './find-orphans.js'
import { NotTheOwner } from './not-the-owner.js'
import { forbiddenBy, secondsUntilOpen, windowGate } from './project-gate.js'
import type { RunDeletion } from './run-deletion.js'
import type { RunSync } from './run-sync.js'
import { SkippedSyncs } from './skipped-syncs.js'
import type { StatusFlusher } from './status-flusher.js'
import { conditionOf, projectOf, wantedOf, type Wanted } from './wanted.js'

export interface ReconcileApplicationDeps {
  readonly stores: Pick<Stores, 'applicationFacts' | 'operations' | 'audit'>
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
  readonly #skipped: SkippedSyncs

  constructor(deps: ReconcileApplicationDeps) {
    this.#deps = deps
    this.#skipped = new SkippedSyncs(deps.stores.audit)
  }

  /** Throws AppError; its `retry` says when to come back. The status tells people the reason already. */
  async run(applicationId: string): Promise<Requeue> {
    const status = !this.#last.has(applicationId)
    const facts = await this.#deps.stores.applicationFacts.of(applicationId, { status })
    if (facts === undefined) return this.#forget(applicationId)
    if (facts.status !== undefined) this.#last.set(applicationId, facts.status)
    try {
      return (await this.#reconcile(facts)) ?? orphansAgain(facts)
    } catch (error) {
      // What another process owns is told by that one.
      if (!(error instanceof NotTheOwner)) this.#tellUnknown(facts.application, error)
      throw error
    }
  }

  async #reconcile(facts: ApplicationFacts): Promise<Requeue> {
    const { application, active: operation } = facts
    noteInLog(operation)
    if (application.deletion !== undefined && operation?.kind !== 'sync')
      return this.#delete(facts, operation)
    if (operation?.phase === 'Terminating') {
      await this.#deps.sync.stop(application, operation)
      return SOON_SECONDS
    }
    const wanted = wantedOf(facts)
    if (wanted === undefined) return undefined
    const session = await this.#deps.sessions.of(application.spec.destination, facts.clusterId)
    const request = { application, project: projectOf(facts), ...wanted, session }
    const forbidden = forbiddenBy(request.project, facts, session.record)
    if (forbidden !== undefined) return this.#refuse(application, operation, forbidden)
    return operation === undefined ? this.#follow(request, facts.last) : this.#goOn(request, operation)
  }

  async #goOn(request: Wanted, operation: Operation): Promise<Requeue> {
    const early = this.#deps.sync.due(operation)
    if (early > 0) return this.#waitForRetry(request, operation, early)
    const gate = this.#gate(request, operation)
    if (gate.permitted) return this.#sync(request, operation)
    const seconds = secondsUntilOpen(gate, this.#deps.clock.now())
    return this.#waitForRetry(request, { ...operation, message: gate.why ?? '' }, seconds * 1000)
  }

  /** The project changed: what goes on ends, and people read why. Nothing is written to the cluster. */
  async #refuse(
    application: Application,
    operation: Operation | undefined,
    reason: string,
  ): Promise<Requeue> {
    if (operation === undefined) throw new AppError('BAD_USER_INPUT', reason)
    await this.#deps.sync.stop(application, { ...operation, message: reason })
    return SOON_SECONDS
  }

  /** Nothing is asked for: compare, and let the policy decide. */
  async #follow(request: Wanted, last: Operation | undefined): Promise<Requeue> {
    const { application } = request
    const comparison = await this.#deps.compare.run(request)
    const status = this.#assess(request, comparison)
    const decision = this.#decide(request, { status, last })
    await this.#skipped.note(application, status, decision)
    const gate = decision.kind === 'sync' ? this.#gate(request) : { permitted: true }
    if (decision.kind === 'sync' && gate.permitted) {
      const { request: wish, heal } = decision
      const { revisions } = status
      const operation = await this.#start(request, comparison, { request: wish, heal, revisions })
      return operation === undefined ? 1 : this.#sync(request, operation, comparison)
    }
    const refused = decision.kind === 'none' && decision.syncError === true ? decision.reason : undefined
    this.#offer(application, refused === undefined ? status : this.#assess(request, comparison, refused))
    const now = this.#deps.clock.now()
    if (!gate.permitted) return secondsUntilOpen(gate, now)
    return decision.kind === 'wait' ? (decision.untilMs - now) / 1000 : undefined
  }

  #gate({ application, project, session }: CompareRequest, operation?: Operation): WindowVerdict {
    const now = this.#deps.clock.now()
    return windowGate({ application, project, cluster: session.record, now, ...(operation && { operation }) })
  }

  /** A failed sync waits for its next attempt: people see the reason all the time, and what is live. */
  async #waitForRetry(request: Wanted, operation: Operation, early: number): Promise<Requeue> {
    const comparison = await this.#asDeclared(request)
    if (comparison !== undefined)
      this.#offer(request.application, this.#assess(request, comparison, operation.message))
    return early / 1000
  }

  /** `seen` is what this very run compared before it started the operation. */
  async #sync(request: Wanted, operation: Operation, seen?: Comparison): Promise<Requeue> {
    const { application, session } = request
    const fresh = seen !== undefined
    const comparison = seen ?? (await this.#deps.compare.run(request))
    const outcome = await this.#deps.sync.run({
      ...{ application, operation, comparison, session, fresh },
      project: request.project,
    })
    const after = await this.#asDeclared(request)
    const { phase } = outcome.operation
    const status = after && this.#assess(request, after, failureOf(outcome.operation))
    if (status !== undefined) this.#offer(application, status)
    if (outcome.requeueAfterSeconds !== undefined) return outcome.requeueAfterSeconds
    // The operation is over: what it left (a change meanwhile, a deletion that waited) is for the next run.
    const more = application.deletion !== undefined || (phase === 'Succeeded' && status?.sync === 'OutOfSync')
    return more ? SOON_SECONDS : undefined
  }

  /** What is shown compares with the declaration, also after a rollback; undefined when that was not rendered yet. */
  async #asDeclared({ declared, ...request }: Wanted): Promise<Comparison | undefined> {
    return declared && this.#deps.compare.run({ ...request, desired: declared })
  }

  async #delete(
    { application, project }: ApplicationFacts,
    operation: Operation | undefined,
  ): Promise<Requeue> {
    const { deletion } = application
    if (deletion === undefined) return undefined
    const session = deletion.cascade ? await this.#deps.sessions.of(application.spec.destination) : undefined
    const requeue = await this.#deps.deletion.run({ application, deletion, operation, session, project })
    if (requeue !== undefined) return requeue
    this.#forget(application.id)
    this.#deps.statuses.offerGone(application.id)
    if (operation !== undefined) this.#deps.statuses.offerOperation(operation.id)
    return undefined
  }

  #decide(
    { application, session }: CompareRequest,
    { status, last }: { readonly status: ApplicationStatus; readonly last: Operation | undefined },
  ): AutomatedSyncDecision {
    const now = this.#deps.clock.now()
    if (status.sync !== 'OutOfSync') return { kind: 'none', reason: `The application is ${status.sync}.` }
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

  /**
   * Undefined when somebody was faster: their operation is served by the next run. Likewise when another worker owns the
   * cluster by now.
   */
  async #start(
    { application, session }: CompareRequest,
    comparison: Comparison,
    decision: NewSync,
  ): Promise<Operation | undefined> {
    const startedAt = new Date(this.#deps.clock.now()).toISOString()
    const operation = newOperation(application, decision, { id: this.#deps.newId(), startedAt })
    const managed = this.#deps.sync.intents({ application, operation, comparison, session })
    try {
      const beginning = { fence: this.#deps.sessions.fenceOf(application.spec.destination), managed }
      crashPoint('S0:automated:before')
      await this.#deps.stores.operations.start(
        operation,
        recordOf(application, operation, decision),
        beginning,
      )
      crashPoint('S0:automated:after')
    } catch (error) {
      if (error instanceof AppError && error.code === 'CONFLICT') return undefined
      throw error
    }
    for (const object of managed) session.forms.set(object)
    this.#deps.onOperation(operation.id)
    return operation
  }

  #assess({ application }: CompareRequest, comparison: Comparison, syncError?: string): ApplicationStatus {
    const now = new Date(this.#deps.clock.now()).toISOString()
    const previous = this.#last.get(application.id)
    return assessComparison({
      application,
      comparison,
      now,
      previous,
      ...(syncError === undefined ? {} : { syncError }),
    })
  }

  #tellUnknown(application: Application, error: unknown): void {
    const now = new Date(this.#deps.clock.now()).toISOString()
    const previous = this.#last.get(application.id)
    const type = application.deletion === undefined ? conditionOf(error) : 'DeletionError'
    this.#offer(application, unknownStatus({ application, message: reasonOf(error), type, now, previous }))
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
    this.#skipped.forget(applicationId)
    this.#deps.statuses.forget(applicationId)
    return undefined
  }
}

/** No event tells of objects that belong to nobody. */
function orphansAgain({ project }: ApplicationFacts): Requeue {
  return project?.spec.orphanedResources && ORPHANS_KNOWN_FOR_SECONDS
}

/** Why its last attempt failed. */
function failureOf({ phase, message, notBefore }: Operation): string | undefined {
  return phase === 'Failed' || notBefore !== undefined ? message : undefined
}

/** Every line that is logged from here on says which operation it is about. */
function noteInLog(operation: Operation | undefined): void {
  if (operation !== undefined) extendLogContext({ operation: operation.id })
}
