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

/**
 * Does the policy want a sync now (contract 1.4, Auto-sync and self-heal)? The rules in their order: automated, nothing
 * active, not deleting, OutOfSync, more than prunes that are off, one attempt per revisions and generation, self-heal
 * with back-off, never an empty application. `syncError` = show the reason as a SyncError condition.
 */
export function decideAutomatedSync(facts: AutomatedSyncFacts): AutomatedSyncDecision {
  const idle = reasonForNothing(facts)
  if (idle !== undefined) return { kind: 'none', reason: idle }
  const automated = facts.spec.syncPolicy?.automated ?? {}
  const differing = (facts.status?.resources ?? []).filter((resource) => resource.status === 'OutOfSync')
  const previous = attemptOf(facts)
  if (previous !== undefined && previous.phase !== 'Succeeded') {
    return { kind: 'none', reason: `The sync to this revision failed: ${previous.message}`, syncError: true }
  }
  if (previous !== undefined && automated.selfHeal !== true) {
    return { kind: 'none', reason: 'This revision was synced already, and self-heal is off.' }
  }
  if (previous !== undefined) {
    const untilMs = healTime(facts)
    if (untilMs > facts.now) return { kind: 'wait', untilMs }
  }
  if (wouldWipeOut(facts)) {
    return {
      kind: 'none',
      reason: 'Automated sync would delete every object; set allowEmpty to permit it.',
      syncError: true,
    }
  }
  return {
    kind: 'sync',
    request: requestFor(facts, previous === undefined ? undefined : differing),
    heal: previous !== undefined,
  }
}

/** The rules before any attempt is looked at. */
function reasonForNothing(facts: AutomatedSyncFacts): string | undefined {
  const { spec, status, lastOperation } = facts
  if (!isAutomated(spec)) return 'Automated sync is off.'
  if (lastOperation !== undefined && !isTerminal(lastOperation.phase)) return 'An operation is in progress.'
  if (facts.deleting) return 'The application is being deleted.'
  if (status === undefined || status.observedGeneration !== facts.generation)
    return 'This spec was not compared yet.'
  if (status.sync !== 'OutOfSync') return `The application is ${status.sync}.`
  if (spec.syncPolicy?.automated?.prune === true) return undefined
  const differing = status.resources.filter((resource) => resource.status === 'OutOfSync')
  const onlyPrunes = differing.length > 0 && differing.every((resource) => resource.requiresPruning === true)
  return onlyPrunes ? 'All that differs needs pruning, and automated prune is off.' : undefined
}

/**
 * The finished sync that counts as the attempt for these revisions and this generation. Dry runs and selective syncs by
 * hand do not; an operation that does not say its generation counts for any.
 */
function attemptOf(facts: AutomatedSyncFacts): Operation | undefined {
  const last = facts.lastOperation
  if (last === undefined || last.kind !== 'sync' || last.request.dryRun) return undefined
  if (last.request.resources !== undefined && !last.initiatedBy.automated) return undefined
  if (last.request.generation !== undefined && last.request.generation !== facts.generation) return undefined
  const revisions = facts.status?.revisions ?? []
  const same =
    last.revisions.length === revisions.length &&
    last.revisions.every((commit, at) => commit === revisions[at])
  return same ? last : undefined
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

function requestFor(facts: AutomatedSyncFacts, healed: readonly ResourceStatus[] | undefined): SyncRequest {
  const request: SyncRequest = {
    prune: facts.spec.syncPolicy?.automated?.prune === true,
    dryRun: false,
    force: false,
    confirmedPrune: false,
    generation: facts.generation,
  }
  if (healed === undefined) return request
  return {
    ...request,
    resources: healed.map(({ group, kind, namespace, name }) => ({ group, kind, namespace, name })),
  }
}
