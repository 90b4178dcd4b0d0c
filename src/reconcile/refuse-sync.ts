import type { Application } from '../engine/application/application.js'
import { syncOptions, type SyncOptions } from '../engine/application/sync-options.js'
import { refusedOptions } from '../engine/sync/apply-mode.js'
import type { Operation, ResourceResult } from '../engine/sync/operation.js'
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

/** Why a sync must fail before it changes anything, and on which objects; undefined = it may go on. */
export function refuseSync(
  facts: SyncFacts,
): { readonly message: string; readonly results: readonly ResourceResult[] } | undefined {
  const foreign = foreignObject(facts)
  if (foreign !== undefined) return { message: foreign, results: [] }
  const results = facts.comparison.targets.flatMap((compared) => refusedTarget(facts, compared))
  const [first] = results
  if (first === undefined) return undefined
  const more = results.length > 1 ? ` And ${results.length - 1} more.` : ''
  return { message: `${first.kind} "${first.name}": ${first.message}${more}`, results }
}

/** `FailOnSharedResource=true`: an object of another application fails the sync. */
function foreignObject(facts: SyncFacts): string | undefined {
  if (!optionsOf(facts).failOnSharedResource) return undefined
  return facts.comparison.warnings.find(({ type }) => type === 'SharedResourceWarning')?.message
}

function refusedTarget(facts: SyncFacts, compared: ComparedTarget): readonly ResourceResult[] {
  const reason = refusedOptions(optionsOf(facts, compared))
  if (reason === undefined) return []
  const { key, version, origin } = compared.target
  const message = `${origin.file}:${origin.line}: ${reason}`
  return [{ ...key, version, outcome: 'failed', status: 'SyncFailed', message }]
}
