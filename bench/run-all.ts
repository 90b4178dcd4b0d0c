import { GOALS, type Goal, STEPS, isMet, lookupIn } from './goals.js'
import type { Result } from './measure/result.js'
import { rounded } from './measure/statistics.js'
import type { BenchOptions } from './options.js'
import { runWorkloads } from './run-workloads.js'

export interface All {
  readonly results: Readonly<Record<string, readonly Result[]>>
  /** Markdown: each figure beside what it must be. */
  readonly table: string
  readonly met: boolean
}

/** Every workload with every setting. A step that fails leaves gaps in the table, and the others go on. */
export async function runAll(options: BenchOptions): Promise<All> {
  const results = new Map<string, readonly Result[]>()
  for (const { name, workloads, change } of STEPS) {
    process.stderr.write(`${name}: ${workloads.join(', ')} …\n`)
    try {
      results.set(name, await runWorkloads({ ...options, ...change(options), workloads }))
    } catch (error) {
      process.stderr.write(`${name} failed: ${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
  const rows = rowsOf(results)
  const first = [...results.values()][0]?.[0]
  const title = `${options.shape.apps} applications, ${options.shape.objects} objects each · ${first?.machine ?? ''} · ${first?.commit ?? ''}`
  const header = '| Workload | Figure | Measured | Must be | |\n| --- | --- | ---: | ---: | --- |'
  const table = [title, '', header, ...rows.map(({ line }) => line)].join('\n')
  return { results: Object.fromEntries(results), table, met: rows.every(({ met }) => met) }
}

function rowsOf(results: ReadonlyMap<string, readonly Result[]>) {
  const lookup = lookupIn(results)
  return GOALS.map((goal) => {
    const value = rounded(goal.value(lookup))
    const met = isMet(goal, value)
    return { met, line: rowOf(goal, value, met) }
  })
}

function rowOf(goal: Goal, value: number | null, met: boolean): string {
  const { of, figure, most, least } = goal
  const bound = most === undefined ? (least === undefined ? '' : `≥ ${least}`) : `≤ ${most}`
  const verdict = bound === '' ? '' : met ? 'met' : '**missed**'
  return `| ${of} | ${figure} | ${value ?? 'not measured'} | ${bound} | ${verdict} |`
}
