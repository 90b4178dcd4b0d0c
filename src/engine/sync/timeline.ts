import type { ResourceResult } from './operation.js'
import { loggedResults, type LoggedStep, type StepKind } from './step-log.js'

/** One line of what an operation did, for people. */
export interface TimelineEntry {
  readonly sequence: number
  readonly kind: StepKind
  readonly at: string
  readonly message: string
  /** What came of each object of this step. */
  readonly results: readonly ResourceResult[]
}

/** The step log as sentences; what a newer release wrote is shown by its kind alone. */
export function timeline(steps: readonly (LoggedStep & { readonly at: string })[]): readonly TimelineEntry[] {
  return steps.map((step) => {
    const results = loggedResults(step)
    const { sequence, kind, at } = step
    return { sequence, kind, at, message: sentenceOf(step, results), results }
  })
}

function sentenceOf({ kind, content }: LoggedStep, results: readonly ResourceResult[]): string {
  const failed = results.filter(({ outcome }) => outcome === 'failed').length
  const prunes: unknown = content['prunes']
  const sentences: Readonly<Record<StepKind, string>> = {
    planned: `Planned: ${numberOf(content['applies'])} to apply, ${Array.isArray(prunes) ? prunes.length : 0} to prune.`,
    waveStarted: `Wave ${numberOf(content['wave'])} of ${String(content['phase'] ?? 'Sync')} began.`,
    dryRun: `Tried ${numberOf(content['tried'])}, ${numberOf(content['failed'])} refused.`,
    applied: `Applied ${results.length - failed} of ${results.length}.`,
    pruned: `Pruned ${results.length - failed} of ${results.length}.`,
    retried: `Attempt ${numberOf(content['attempt'])} will follow: ${String(content['reason'] ?? '')}`,
    terminated: 'Terminated.',
    finished: `Finished: ${String(content['phase'] ?? '')}.`,
  }
  return sentences[kind] ?? kind
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
