import { cpus, totalmem } from 'node:os'
import { NOT_APPLICABLE } from './checker.js'
import type { TrialResult } from './fault-class.js'
import type { FaultOptions } from './options.js'

export interface ClassCount {
  readonly trials: number
  readonly clean: number
  readonly violated: number
  /** The fault did not come about, or the trial itself broke: proves nothing, and counts as failed. */
  readonly void: number
  readonly notPossible: number
  readonly recoveryMs: { readonly p50: number | null; readonly p99: number | null }
}

export interface Summary {
  readonly seed: number
  readonly machine: string
  readonly trials: number
  readonly failed: number
  readonly sentence: string
  readonly recoveryMs: { readonly p50: number | null; readonly p99: number | null }
  readonly longestFalseGreenMs: number
  readonly notApplicable: Readonly<Record<string, string>>
  readonly classes: Readonly<Record<string, ClassCount>>
  readonly failures: readonly TrialResult[]
  /** Each of them, in order: to be counted together with those of other series. */
  readonly each: readonly Pick<
    TrialResult,
    'id' | 'shape' | 'variant' | 'seed' | 'outcome' | 'figures' | 'seconds'
  >[]
}

/** With n clean trials and no violation the true rate is below 3/n, with 95 % certainty. */
const RULE_OF_THREE = 3

export function summaryOf(results: readonly TrialResult[], { seed }: Pick<FaultOptions, 'seed'>): Summary {
  const ids = [...new Set(results.map(({ id }) => id))].sort()
  const classes = Object.fromEntries(ids.map((id) => [id, countOf(results.filter((one) => one.id === id))]))
  const failures = results.filter(({ outcome }) => outcome !== 'clean' && outcome !== 'not-possible')
  const violated = results.filter(({ outcome }) => outcome === 'violated').length
  const clean = results.filter(({ outcome }) => outcome === 'clean').length
  const recoveryMs = recoveryOf(results)
  const bound =
    violated === 0 && clean > 0 ? `, rate < ${((100 * RULE_OF_THREE) / clean).toFixed(2)} % (95 %)` : ''
  return {
    ...{ seed, recoveryMs, classes, failures },
    machine: `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    trials: results.length,
    failed: failures.length,
    longestFalseGreenMs: Math.max(0, ...results.map(({ figures }) => figures['falseGreenMs'] ?? 0)),
    each: results.map(({ violations: _violations, evidence: _evidence, ...one }) => one),
    notApplicable: NOT_APPLICABLE,
    sentence:
      `${results.length} trials of ${ids.length} classes: ${clean} clean, ${violated} violated, ` +
      `${failures.length - violated} void${bound}; recovery p50 ${recoveryMs.p50 ?? '-'} ms, p99 ${recoveryMs.p99 ?? '-'} ms; seed ${seed}`,
  }
}

function countOf(results: readonly TrialResult[]): ClassCount {
  const of = (outcome: TrialResult['outcome']): number =>
    results.filter((one) => one.outcome === outcome).length
  return {
    trials: results.length,
    clean: of('clean'),
    violated: of('violated'),
    void: of('no-fault') + of('broken'),
    notPossible: of('not-possible'),
    recoveryMs: recoveryOf(results),
  }
}

function recoveryOf(results: readonly TrialResult[]): ClassCount['recoveryMs'] {
  const times = results
    .flatMap(({ figures }) => figures['recoveryMs'] ?? [])
    .sort((one, other) => one - other)
  const at = (share: number): number | null =>
    times[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)] ?? null
  return { p50: at(0.5), p99: at(0.99) }
}
