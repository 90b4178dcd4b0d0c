import type { JsonObject } from '../manifest/manifest.js'
import { isRecord } from '../manifest/read-json.js'
import { parseResourceKey, resourceKeyText } from '../manifest/resource-key.js'
import type { Outcome, ResourceResult } from './operation.js'
import type { SyncPlan } from './sync-plan.js'

export type StepKind =
  'planned' | 'waveStarted' | 'dryRun' | 'applied' | 'pruned' | 'retried' | 'terminated' | 'finished'

/** What an operation did, in order; `sequence` counts from 1 without gaps that matter. */
export interface LoggedStep {
  readonly sequence: number
  readonly kind: StepKind
  readonly content: JsonObject
}

/** What the log of an operation says about the attempt that is under way. */
export interface Recalled {
  /** Of the last step; 0 = nothing is logged. */
  readonly sequence: number
  /** Of the plan that the log follows; undefined = none is logged. */
  readonly planHash: string | undefined
  /** The dry-run of this plan is over, or something was changed after it. */
  readonly dryRunDone: boolean
  /** Keys that were applied in the form of this plan. */
  readonly applied: ReadonlySet<string>
  /** Of all attempts, the newest of each object; failures are left out, since they are tried again. */
  readonly results: ReadonlyMap<string, ResourceResult>
}

const STATUS: Readonly<Record<string, ResourceResult['status']>> = { applied: 'Synced', pruned: 'Pruned' }

/** What a plan is about, for its record: the inventory that it takes away by name, the rest by number. */
export function plannedContent(plan: SyncPlan, hash: string): JsonObject {
  const groups = plan.waves.flatMap(({ groups: inWave }) => inWave)
  return {
    hash,
    complete: plan.blocked === undefined,
    applies: groups.reduce((sum, { keys }) => sum + keys.length, 0),
    prunes: plan.prune.flatMap(({ items }) => items.map(({ key, uid }) => [key, uid])),
    forgets: plan.forgotten.length,
  }
}

/** The results of one batch, compact: one row of the log holds them all. */
export function batchContent(results: Iterable<ResourceResult>): JsonObject {
  return {
    results: [...results].map((result) => [
      resourceKeyText(result),
      result.version,
      result.outcome,
      result.message,
    ]),
  }
}

/**
 * Reads a log for the plan with this hash. Another plan starts anew: what was applied for it does not count, what came
 * of it is still told. The same goes for a retry. What cannot be read is ignored: everything can be observed again.
 */
export function recallSteps(steps: readonly LoggedStep[], planHash: string): Recalled {
  const logged = steps.filter(({ kind }) => kind === 'planned').at(-1)?.content['hash']
  const same = logged === planHash
  const attempt = same ? steps.slice(lastStart(steps)) : []
  return {
    sequence: steps.at(-1)?.sequence ?? 0,
    planHash: textOf(logged),
    dryRunDone: attempt.some((step) => isDryRunDone(step) || resultsOf(step).length > 0),
    applied: new Set(keyed(attempt.filter(({ kind }) => kind === 'applied')).keys()),
    results: keyed(steps),
  }
}

/** Where the attempt under way begins: after its plan, or after the last retry. */
function lastStart(steps: readonly LoggedStep[]): number {
  return steps.findLastIndex(({ kind }) => kind === 'planned' || kind === 'retried') + 1
}

function isDryRunDone({ kind, content }: LoggedStep): boolean {
  return kind === 'dryRun' && content['failed'] === 0
}

function keyed(steps: readonly LoggedStep[]): ReadonlyMap<string, ResourceResult> {
  return new Map(steps.flatMap(resultsOf).map((result) => [resourceKeyText(result), result]))
}

/** What came of the objects of one step that the plan may rely on: what was refused is tried again. */
function resultsOf(step: LoggedStep): readonly ResourceResult[] {
  return loggedResults(step).filter(({ outcome }) => outcome !== 'failed')
}

/** What came of each object of one step; what cannot be read is left out. */
export function loggedResults({ kind, content }: LoggedStep): readonly ResourceResult[] {
  const status = STATUS[kind]
  const batch: unknown = content['results']
  if (status === undefined || !Array.isArray(batch)) return []
  return batch.flatMap((item: unknown) => {
    const [text, version, outcome, message] = Array.isArray(item) ? (item as readonly unknown[]) : []
    const key = typeof text === 'string' ? parseResourceKey(text) : undefined
    if (key === undefined) return []
    return [
      {
        ...key,
        version: textOf(version) ?? '',
        outcome: outcome as Outcome,
        status: outcome === 'failed' ? 'SyncFailed' : status,
        message: textOf(message) ?? '',
      },
    ]
  })
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A stored content, whatever a newer release made of it. */
export function stepContent(value: unknown): JsonObject {
  return isRecord(value) ? (value as JsonObject) : {}
}
