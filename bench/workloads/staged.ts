import type { Contestant } from '../contestant.js'
import type { Measurement } from '../measure/result.js'
import type { BenchOptions, StagedWorkload } from '../options.js'
import type { Stage } from '../stage.js'
import { commits } from './commits.js'
import { edits } from './edits.js'
import { firstSync, untilSettled } from './first-sync.js'
import { bytesPerWatchedObject, idle } from './idle.js'
import { measured } from './measured.js'
import { restarts } from './restarts.js'
import { unrelatedCommits } from './unrelated-commits.js'

type Work = (stage: Stage, contestant: Contestant, options: BenchOptions) => Promise<Measurement>

/** The order matters: memory (F) is read before anything but the first sync happened, restarts (J) come last. */
const WORKS: Readonly<Record<Exclude<StagedWorkload, 'A'>, Work>> = {
  F: async (stage, contestant, options) => {
    const quiet = await measured(stage, contestant, () => idle(options))
    const more = await bytesPerWatchedObject(stage, contestant, options)
    return { ...quiet, figures: { ...quiet.figures, ...more } }
  },
  B: async (stage, contestant, options) => {
    await contestant.armCommits()
    return measured(stage, contestant, () => unrelatedCommits(stage, contestant, options))
  },
  C: async (stage, contestant, options) => {
    await contestant.armCommits()
    return measured(stage, contestant, () => commits(stage, contestant, options))
  },
  D: async (stage, contestant, options) => {
    await contestant.armHealing()
    return measured(stage, contestant, () => edits(stage, contestant, options))
  },
  J: (stage, contestant, options) => measured(stage, contestant, () => restarts(stage, contestant, options)),
}

/** The first sync, which is A, then the other wanted workloads, in a fixed order. */
export async function runStaged(
  stage: Stage,
  contestant: Contestant,
  options: BenchOptions,
): Promise<ReadonlyMap<StagedWorkload, Measurement>> {
  const results = new Map<StagedWorkload, Measurement>()
  results.set('A', await measured(stage, contestant, () => firstSync(stage, contestant)))
  await untilSettled(stage, contestant)
  for (const [name, work] of Object.entries(WORKS) as [Exclude<StagedWorkload, 'A'>, Work][]) {
    if (!options.workloads.includes(name)) continue
    process.stderr.write(`  ${contestant.user}: ${name} …\n`)
    results.set(name, await work(stage, contestant, options))
  }
  return results
}
