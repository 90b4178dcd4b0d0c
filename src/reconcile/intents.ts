import type { Application } from '../engine/application/application.js'
import type { SyncPlan } from '../engine/sync/sync-plan.js'
import { resourceKeyText } from '../engine/manifest/resource-key.js'
import type { ManagedObject } from '../store/records.js'
import type { ClusterSession } from './cluster-session.js'
import type { ComparedTarget, Comparison } from './comparison.js'

export interface IntentFacts {
  readonly application: Application
  readonly session: ClusterSession
}

/** The records of objects that are about to be created, as far as there are none: written before the first change, so that no crash forgets one. */
export function intentsOf(
  targets: readonly ComparedTarget[],
  { application, session }: IntentFacts,
): readonly ManagedObject[] {
  return targets
    .filter(({ target }) => session.forms.get(target.key)?.applicationId !== application.id)
    .map(({ target }) => ({ ...target.key, applicationId: application.id, version: target.version }))
}

/** Those of the first step of a plan, when that changes something. */
export function firstIntents(
  plan: SyncPlan,
  comparison: Comparison,
  facts: IntentFacts,
): readonly ManagedObject[] {
  if (plan.blocked !== undefined || plan.dryRun.length > 0) return []
  const keys = new Set(plan.waves[0]?.groups[0]?.keys)
  return intentsOf(
    comparison.targets.filter(({ target }) => keys.has(resourceKeyText(target.key))),
    facts,
  )
}
