import { type Result, type Round, ratioOf, resultOf } from './measure/result.js'
import type { BenchOptions, Workload } from './options.js'
import { runRound } from './workloads/run-round.js'

/** All rounds of the wanted workloads; one result each. */
export async function runWorkloads(options: BenchOptions): Promise<readonly Result[]> {
  const rounds = new Map<Workload, Round[]>(options.workloads.map((workload) => [workload, []]))
  for (let number = 1; number <= options.rounds; number += 1) {
    for (const [workload, round] of await runRound(options)) {
      rounds.get(workload)?.push(round)
      process.stderr.write(`${workload} round ${number}/${options.rounds}: ${sentence(round)}\n`)
    }
  }
  return options.workloads.map((workload) => resultOf(workload, options, rounds.get(workload) ?? []))
}

function sentence(round: Round): string {
  const sides = Object.entries(round).map(([name, one]) => {
    if (one === null) return `${name} -`
    const time = one.p50_ms === null ? `${one.wall_s} s` : `p50 ${one.p50_ms} ms, p95 ${one.p95_ms} ms`
    return `${name} ${time}, ${one.calls} calls, ${one.cpu_s} CPU-s, ${one.pss_mb} MB ${JSON.stringify(one.figures)}`
  })
  return `${sides.join(' | ')} | ratio ${ratioOf(round) ?? '-'}`
}
