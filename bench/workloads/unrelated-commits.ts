import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Contestant } from '../contestant.js'
import { callsOf } from '../measure/api-calls.js'
import { useOfTrees } from '../measure/program-tree.js'
import { quantile } from '../measure/statistics.js'
import type { BenchOptions } from '../options.js'
import { git } from '../repository/git.js'
import { commitAll } from '../repository/write-repository.js'
import type { Stage } from '../stage.js'
import { type Timed, within } from './measured.js'

const KNOWN_WITHIN_S = 120
const MOST = 20

interface Cost {
  readonly calls: number
  readonly cpuSeconds: number
}

/** B: a commit changes a file of no application; from the webhook until every application reports the commit. */
export async function unrelatedCommits(
  stage: Stage,
  contestant: Contestant,
  options: BenchOptions,
): Promise<Timed> {
  const rowsBefore = await contestant.rowsWritten()
  const latencies: number[] = []
  const confirmed: number[] = []
  let [calls, cpuSeconds] = [0, 0]
  for (let turn = 0; turn < Math.min(MOST, options.repeats); turn += 1) {
    const before = await costOf(stage, contestant)
    const learned = await oneCommit(stage, contestant, turn)
    const after = await costOf(stage, contestant)
    latencies.push(learned.ms)
    confirmed.push(learned.confirmedMs)
    calls += after.calls - before.calls
    cpuSeconds += after.cpuSeconds - before.cpuSeconds
    await sleep(options.spacingMs)
  }
  const rows = Object.entries(await contestant.rowsWritten())
  const written = rows.map(([name, count]) => [name, count - (rowsBefore[name] ?? 0)] as const)
  const figures = {
    ...Object.fromEntries(written),
    calls_during_commits: calls,
    cpu_s_per_commit: cpuSeconds / latencies.length,
    confirmed_p50_ms: quantile(confirmed, 0.5) ?? 0,
  }
  return { latenciesMs: latencies, touched: 0, figures }
}

async function oneCommit(stage: Stage, contestant: Contestant, turn: number) {
  const { workingCopy } = stage
  const before = await git(workingCopy, 'rev-parse', 'HEAD')
  await appendFile(join(workingCopy, 'README.md'), `Remark number ${turn}\n`)
  const after = await commitAll(workingCopy, `Remark number ${turn}`)
  await stage.push()
  const learned = contestant.learn({ before, after, changed: ['README.md'] })
  return within(KNOWN_WITHIN_S, learned, () => `all applications at ${after}`)
}

async function costOf(stage: Stage, contestant: Contestant): Promise<Cost> {
  const [calls, { cpuSeconds }] = await Promise.all([
    callsOf(stage.cluster.client(), contestant.user),
    useOfTrees(contestant.pids),
  ])
  return { calls, cpuSeconds }
}
