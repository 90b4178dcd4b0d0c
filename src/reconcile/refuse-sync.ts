import type { Application } from '../engine/application/application.js'
import { syncOptions, type SyncOptions } from '../engine/application/sync-options.js'
import type { Operation } from '../engine/sync/operation.js'
import type { ComparedTarget, Comparison } from './comparison.js'

export interface SyncFacts {
  readonly application: Application
  readonly operation: Pick<Operation, 'request'>
  readonly comparison: Comparison
}

/** The options in force for an operation, and for one object of it. */
export function optionsOf(
  { application, operation }: Omit<SyncFacts, 'comparison'>,
  compared?: ComparedTarget,
): SyncOptions {
  return syncOptions({
    application: application.spec.syncPolicy?.syncOptions ?? [],
    ...(operation.request.syncOptions && { operation: operation.request.syncOptions }),
    annotations: compared?.target.manifest.metadata.annotations ?? {},
  })
}

/**
 * Why a sync must fail before it changes anything, as a sentence; undefined = it may go on. With
 * `FailOnSharedResource=true` that is an object of another application.
 */
export function refuseSync(facts: SyncFacts): string | undefined {
  if (!optionsOf(facts).failOnSharedResource) return undefined
  return facts.comparison.warnings.find(({ type }) => type === 'SharedResourceWarning')?.message
}
