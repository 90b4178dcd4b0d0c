import type { ApplyGroup, PlanWave, PruneWave, SyncPlan } from './sync-plan.js'

/** What has been seen so far, all keys `resourceKeyText`. It must be derivable again after a crash. */
export interface Observed {
  /** Applied in the form of this plan. */
  readonly applied: ReadonlySet<string>
  /** Dry-run succeeded. */
  readonly dryRun: ReadonlySet<string>
  /** Healthy, or of a kind that has no health rule. */
  readonly healthy: ReadonlySet<string>
  /** Key → why. */
  readonly degraded: ReadonlyMap<string, string>
  /** Proven absent, or there with another uid. */
  readonly gone: ReadonlySet<string>
  /** The server accepted the deletion; finalizers may still run. */
  readonly pruning?: ReadonlySet<string>
  /** Key → message of a refused dry-run, apply or deletion. */
  readonly failed: ReadonlyMap<string, string>
  /** Somebody asked to stop. */
  readonly terminated: boolean
}

export type SyncStep =
  | { readonly kind: 'dryRun'; readonly keys: readonly string[] }
  | { readonly kind: 'apply'; readonly keys: readonly string[] }
  | { readonly kind: 'prune'; readonly keys: readonly string[] }
  | { readonly kind: 'wait'; readonly keys: readonly string[]; readonly reason: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string }

/**
 * Decides what to do next (contract 1.4). Keys of one step may be worked on at the same time. Order: dry-run of all,
 * then wave by wave apply and wait for health, then wait for the confirmation of what
 * asks for one, then prune wave by wave. `wait` is not a loop: come back when something
 * changed. Repeating a step is harmless.
 */
export function nextStep(plan: SyncPlan, observed: Observed): SyncStep {
  const end = stopReason(plan, observed)
  if (end !== undefined) return { kind: 'failed', reason: end }
  const untried = plan.dryRun.filter((key) => !observed.dryRun.has(key))
  if (untried.length > 0) return { kind: 'dryRun', keys: untried }
  if (plan.dryRunOnly) return { kind: 'done' }
  for (const wave of plan.waves) {
    const step = waveStep(wave, plan, observed)
    if (step !== undefined) return step
  }
  if (plan.unconfirmed.length > 0) {
    return { kind: 'wait', keys: plan.unconfirmed, reason: 'waiting for a confirmation to delete' }
  }
  for (const wave of plan.prune) {
    const step = pruneStep(wave, observed)
    if (step !== undefined) return step
  }
  return { kind: 'done' }
}

function stopReason(plan: SyncPlan, observed: Observed): string | undefined {
  if (observed.terminated) return 'The sync was terminated.'
  if (plan.blocked !== undefined) return plan.blocked.reason
  if (observed.failed.size > 0) return listed(observed.failed)
  return undefined
}

/** The step that brings a wave forward; undefined when it is complete. */
function waveStep(wave: PlanWave, plan: SyncPlan, observed: Observed): SyncStep | undefined {
  for (const group of wave.groups) {
    const missing = group.keys.filter((key) => !observed.applied.has(key))
    if (missing.length > 0) return { kind: 'apply', keys: missing }
    const step = group.gate ? healthStep([group], 'its definitions are served', observed) : undefined
    if (step !== undefined) return step
  }
  return plan.waitForHealth ? healthStep(wave.groups, `wave ${wave.wave} is healthy`, observed) : undefined
}

function healthStep(groups: readonly ApplyGroup[], goal: string, observed: Observed): SyncStep | undefined {
  const keys = groups.flatMap((group) => group.keys)
  const concerned = new Set(keys)
  const broken = new Map([...observed.degraded].filter(([key]) => concerned.has(key)))
  if (broken.size > 0) return { kind: 'failed', reason: listed(broken) }
  const unhealthy = keys.filter((key) => !observed.healthy.has(key))
  return unhealthy.length > 0 ? { kind: 'wait', keys: unhealthy, reason: `waiting until ${goal}` } : undefined
}

function pruneStep(wave: PruneWave, observed: Observed): SyncStep | undefined {
  const left = wave.items.map((item) => item.key).filter((key) => !observed.gone.has(key))
  const untouched = left.filter((key) => observed.pruning?.has(key) !== true)
  if (untouched.length > 0) return { kind: 'prune', keys: untouched }
  return left.length > 0
    ? { kind: 'wait', keys: left, reason: 'waiting until pruned objects are gone' }
    : undefined
}

const LISTED = 3

/** The first few of `key: message`, and how many more. */
function listed(messages: ReadonlyMap<string, string>): string {
  const shown = [...messages].slice(0, LISTED).map(([key, message]) => `${key}: ${message}`)
  const more = messages.size - shown.length
  return more > 0 ? `${shown.join('; ')}; and ${more} more` : shown.join('; ')
}
