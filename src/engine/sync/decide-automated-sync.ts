import { isAutomated, type ApplicationSpec } from '../application/application.js'
import type { ApplicationStatus, ResourceStatus } from '../status/application-status.js'
import { isTerminal, type Operation, type SyncRequest } from './operation.js'

export interface AutomatedSyncFacts {
  readonly spec: ApplicationSpec
  /** Of the spec in force. */
  readonly generation: number
  /** The application is going. */
  readonly deleting: boolean
  readonly status: ApplicationStatus | undefined
  /** The newest operation, active or not; undefined when there never was one. */
  readonly lastOperation: Operation | undefined
  /** Self-heals in a row, from 0; the caller counts and starts again at 0 for another revision or generation. */
  readonly autoHealAttempts: number
  /** Milliseconds since 1970. */
  readonly now: number
  /** When the last self-heal started; undefined = never. */
  readonly lastHealAt: number | undefined
}

export type AutomatedSyncDecision =
  | { readonly kind: 'none'; readonly reason: string; readonly syncError?: boolean }
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'sync'; readonly request: SyncRequest; readonly heal: boolean }

const FIRST_BACKOFF_MS = 2000
const BACKOFF_FACTOR = 3
const MAX_BACKOFF_MS = 300_000

/** Answers when it is its turn to decide; undefined = ask the next rule. */
type Rule = (facts: AutomatedSyncFacts, attempt: Operation | undefined) => AutomatedSyncDecision | undefined

/**
 * Does the policy want a sync now (contract 1.4, Auto-sync and self-heal)? The rules in their order: automated, nothing
 * active, not deleting, OutOfSync, more than prunes that are off, one attempt per revisions and generation, self-heal
 * with back-off, never an empty application. `syncError` = show the reason as a SyncError condition.
 */
export function decideAutomatedSync(facts: AutomatedSyncFacts): AutomatedSyncDecision {
  const attempt = attemptOf(facts)
  for (const rule of RULES) {
    const decision = rule(facts, attempt)
    if (decision !== undefined) return decision
  }
  const heal = attempt !== undefined
  return { kind: 'sync', request: requestFor(facts, heal), heal }
}

const RULES: readonly Rule[] = [
  ({ spec }) => (isAutomated(spec) ? undefined : none('Automated sync is off.')),
  ({ lastOperation: last }) =>
    last === undefined || isTerminal(last.phase) ? undefined : none('An operation is in progress.'),
  ({ deleting }) => (deleting ? none('The application is being deleted.') : undefined),
  ({ status, generation }) =>
    status?.observedGeneration === generation ? undefined : none('This spec was not compared yet.'),
  ({ status }) =>
    status?.sync === 'OutOfSync' ? undefined : none(`The application is ${status?.sync ?? 'Unknown'}.`),
  (facts) =>
    onlyPrunesOff(facts) ? none('All that differs needs pruning, and automated prune is off.') : undefined,
  (_facts, attempt) =>
    attempt === undefined || attempt.phase === 'Succeeded'
      ? undefined
      : none(`The sync to this revision failed: ${attempt.message}`, true),
  (facts, attempt) => (attempt === undefined ? undefined : healDecision(facts)),
  (facts) =>
    wouldWipeOut(facts)
      ? none('Automated sync would delete every object; set allowEmpty to permit it.', true)
      : undefined,
]

function none(reason: string, syncError = false): AutomatedSyncDecision {
  return syncError ? { kind: 'none', reason, syncError } : { kind: 'none', reason }
}

function healDecision(facts: AutomatedSyncFacts): AutomatedSyncDecision | undefined {
  if (facts.spec.syncPolicy?.automated?.selfHeal !== true) {
    return none('This revision was synced already, and self-heal is off.')
  }
  const untilMs = healTime(facts)
  return untilMs > facts.now ? { kind: 'wait', untilMs } : undefined
}

function differingResources(facts: AutomatedSyncFacts): readonly ResourceStatus[] {
  return (facts.status?.resources ?? []).filter((resource) => resource.status === 'OutOfSync')
}

function onlyPrunesOff(facts: AutomatedSyncFacts): boolean {
  const differing = differingResources(facts)
  if (facts.spec.syncPolicy?.automated?.prune === true || differing.length === 0) return false
  return differing.every((resource) => resource.requiresPruning === true)
}

/** The finished sync that counts as the attempt for these revisions and this generation. */
function attemptOf(facts: AutomatedSyncFacts): Operation | undefined {
  const last = facts.lastOperation
  if (last === undefined || !countsAsAttempt(last)) return undefined
  const { generation } = last.request
  if (generation !== undefined && generation !== facts.generation) return undefined
  const revisions = facts.status?.revisions ?? []
  const same =
    last.revisions.length === revisions.length &&
    last.revisions.every((commit, at) => commit === revisions[at])
  return same ? last : undefined
}

/**
 * Dry runs and selective syncs by hand leave the rest of the application to the policy. An operation that does not say
 * its generation counts for any.
 */
function countsAsAttempt(operation: Operation): boolean {
  if (operation.kind !== 'sync' || operation.request.dryRun) return false
  return operation.request.resources === undefined || operation.initiatedBy.automated
}

/** The first heal is immediate; then 2 s, 6 s, 18 s … at most 300 s after the one before. */
function healTime(facts: AutomatedSyncFacts): number {
  if (facts.autoHealAttempts <= 0 || facts.lastHealAt === undefined) return 0
  return facts.lastHealAt + healBackoff(facts.autoHealAttempts)
}

/** Milliseconds between self-heals after `attempts` of them (contract 1.4: 2 s × 3ⁿ, at most 300 s). */
export function healBackoff(attempts: number): number {
  return Math.min(FIRST_BACKOFF_MS * BACKOFF_FACTOR ** Math.max(0, attempts - 1), MAX_BACKOFF_MS)
}

function wouldWipeOut(facts: AutomatedSyncFacts): boolean {
  const automated = facts.spec.syncPolicy?.automated
  const resources = facts.status?.resources ?? []
  if (automated?.prune !== true || automated.allowEmpty === true || resources.length === 0) return false
  return resources.every((resource) => resource.requiresPruning === true)
}

/** A heal touches only what differs (contract 1.4), each object with its namespace. */
function requestFor(facts: AutomatedSyncFacts, heal: boolean): SyncRequest {
  const request: SyncRequest = {
    prune: facts.spec.syncPolicy?.automated?.prune === true,
    dryRun: false,
    force: false,
    confirmedPrune: false,
    generation: facts.generation,
  }
  if (!heal) return request
  const resources = differingResources(facts).map(({ group, kind, namespace, name }) => ({
    group,
    kind,
    namespace,
    name,
  }))
  return { ...request, resources }
}
