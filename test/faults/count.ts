import { readFile } from 'node:fs/promises'
import type { Summary } from './summary.js'

type Series = Summary & { readonly commit?: string }

/** What a trial is counted as. */
const KINDS: Readonly<Record<string, RegExp>> = {
  kills: /^F-(0\d|1[0-9]b?c?|39)$/,
  races: /^F-2(0[bc]?|2)$/,
  outages: /^F-(2[5-8]|31)$/,
}
const RULE_OF_THREE = 3

/** Several series, counted together. */
export async function countSeries(files: readonly string[]) {
  const series = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(file, 'utf8')) as Series),
  )
  const each = series.flatMap((one) => one.each ?? [])
  const kinds = Object.entries(KINDS).map(([kind, wanted]) => [kind, countOf(series, each, wanted)] as const)
  return {
    series: series.map(({ seed, commit = 'unknown', sentence }) => ({ seed, commit, sentence })),
    kinds: Object.fromEntries(kinds),
    longestFalseGreenMs: Math.max(...series.map((one) => one.longestFalseGreenMs)),
    /** By a worker that no longer owned the cluster; seen and corrected. */
    lateApplies: each.reduce((sum, { figures }) => sum + (figures['lateApplies'] ?? 0), 0),
    failures: series.flatMap(({ failures, commit = 'unknown' }) =>
      failures.map(({ id, variant, seed, outcome, violations }) => ({
        ...{ id, variant, seed, outcome, commit },
        why: violations[0]?.slice(0, 300),
      })),
    ),
    each: each.map(({ id, shape, variant, seed, outcome, figures }) =>
      [id, shape, variant, seed, outcome, `${figures['recoveryMs'] ?? '-'} ms`].join(', '),
    ),
  }
}

function countOf(series: readonly Series[], each: Summary['each'], wanted: RegExp) {
  const counts = series.flatMap(({ classes }) =>
    Object.entries(classes).flatMap(([id, count]) => (wanted.test(id) ? [count] : [])),
  )
  const sum = (of: 'trials' | 'clean' | 'violated' | 'void'): number =>
    counts.reduce((total, count) => total + count[of], 0)
  const times = each
    .filter(({ id }) => wanted.test(id))
    .flatMap(({ figures }) => figures['recoveryMs'] ?? [])
    .sort((one, other) => one - other)
  const at = (share: number): number | null => times[Math.ceil(times.length * share) - 1] ?? null
  return {
    ...{ trials: sum('trials'), clean: sum('clean'), violated: sum('violated'), void: sum('void') },
    /** With 95 % certainty the true rate of violations is below; percent. */
    rateBelow: sum('violated') === 0 ? Number(((100 * RULE_OF_THREE) / sum('clean')).toFixed(2)) : null,
    recoveryMs: { n: times.length, p50: at(0.5), p99: at(0.99), max: times.at(-1) ?? null },
  }
}
