import { setTimeout as sleep } from 'node:timers/promises'
import type { Contestant } from '../contestant.js'
import { startFloor } from '../floor/floor.js'
import type { Measurement, Round } from '../measure/result.js'
import type { BenchOptions, ContestantName } from '../options.js'
import { startOurs } from '../ours/ours.js'
import { type Stage, openStage } from '../stage.js'
import { commits } from './commits.js'
import { edits } from './edits.js'
import { firstSync, untilSettled } from './first-sync.js'
import { measured } from './measured.js'

const START = { floor: startFloor, ours: startOurs }

/** Floor, then ours, each on a fresh cluster and repository. */
export async function runRound(options: BenchOptions): Promise<Round> {
  return { floor: await turnOf('floor', options), ours: await turnOf('ours', options) }
}

async function turnOf(name: ContestantName, options: BenchOptions): Promise<Measurement | null> {
  if (options.only !== undefined && options.only !== name) return null
  const stage = await openStage(options.shape)
  try {
    const contestant = await START[name](stage)
    try {
      return await runWorkload(stage, contestant, options)
    } finally {
      await contestant.stop()
    }
  } finally {
    await stage.close()
  }
}

async function runWorkload(
  stage: Stage,
  contestant: Contestant,
  options: BenchOptions,
): Promise<Measurement> {
  const first = await measured(stage, contestant, () => firstSync(stage, contestant))
  await untilSettled(stage, contestant)
  switch (options.workload) {
    case 'A':
      return first
    case 'C':
      await contestant.armCommits()
      return measured(stage, contestant, () => commits(stage, contestant, options))
    case 'D':
      await contestant.armHealing()
      return measured(stage, contestant, () => edits(stage, contestant, options))
    case 'F':
      return measured(stage, contestant, () => idle(options))
  }
}

/** F: nothing happens; memory, calls and CPU time of that. */
async function idle({ idleSeconds }: BenchOptions): Promise<{ readonly touched: number }> {
  await sleep(idleSeconds * 1000)
  return { touched: 0 }
}
