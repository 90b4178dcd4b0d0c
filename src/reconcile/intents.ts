import type { Application } from '../engine/application/application.js'
import type { SyncPlan } from '../engine/sync/sync-plan.js'
import type { ManagedObject } from '../store/records.js'
import type { ClusterSession } from './cluster-session.js'
import type { ComparedTarget } from './comparison.js'

export interface IntentFacts {
  readonly application: Application
  readonly session: ClusterSession
  readonly plan: SyncPlan
  /** By `resourceKeyText`. */
  readonly targets: ReadonlyMap<string, ComparedTarget>
}

/**
 * The records of objects that are about to be created, as far as there are none: written before the first change, so that
 * no crash forgets one. Those of the whole wave at once; what is of a kind that is not served yet has its key only later.
 */
export function intentsOf(keys: readonly string[], facts: IntentFacts): readonly ManagedObject[] {
  const { application, session, plan, targets } = facts
  const asked = new Set(keys)
  const wave = plan.waves.find(({ groups }) =>
    groups.some((group) => group.keys.some((key) => asked.has(key))),
  )
  return (wave?.groups.flatMap((group) => group.keys) ?? []).flatMap((key) => {
    const target = targets.get(key)?.target
    if (target === undefined || (target.missingKind && !asked.has(key))) return []
    if (session.forms.get(target.key)?.applicationId === application.id) return []
    return [{ ...target.key, applicationId: application.id, version: target.version }]
  })
}

/** Those of the first step of a plan, when that changes something. */
export function firstIntents(facts: IntentFacts): readonly ManagedObject[] {
  const { blocked, dryRun, waves } = facts.plan
  if (blocked !== undefined || dryRun.length > 0) return []
  const first = waves[0]?.groups[0]?.keys ?? []
  return intentsOf(first.filter(isServed), facts)

  /** Of any other kind nobody knows yet whether an object can be created. */
  function isServed(key: string): boolean {
    return facts.targets.get(key)?.target.missingKind === false
  }
}
