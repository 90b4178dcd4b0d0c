import type { Contestant } from '../contestant.js'
import { closeAtEnd } from '../closers.js'
import { startFloor } from '../floor/floor.js'
import type { Measurement, Round } from '../measure/result.js'
import { rounded } from '../measure/statistics.js'
import { type BenchOptions, type ContestantName, type Workload, isStaged } from '../options.js'
import { manyClusters } from '../ours/clusters.js'
import { lists } from '../ours/lists.js'
import { startOurs } from '../ours/ours.js'
import { steadyState } from '../ours/steady.js'
import { type Stage, openStage } from '../stage.js'
import { runStaged } from './staged.js'

const ALONE = { B2: steadyState, E: lists, I: manyClusters }
const GROWTH = 4

type Measurements = ReadonlyMap<Workload, Measurement>

/** Every wanted workload once: floor, then ours. The staged ones follow each other on one stage a side. */
export async function runRound(options: BenchOptions): Promise<ReadonlyMap<Workload, Round>> {
  const rounds = new Map<Workload, Round>()
  const staged = options.workloads.filter(isStaged)
  if (staged.length > 0) {
    const floor = await turnOf('floor', options)
    const ours = await turnOf('ours', options)
    for (const workload of staged) {
      rounds.set(workload, { floor: floor?.get(workload) ?? null, ours: ours?.get(workload) ?? null })
    }
  }
  for (const workload of options.workloads) {
    if (!isStaged(workload)) rounds.set(workload, await ALONE[workload](options))
  }
  return rounds
}

async function turnOf(name: ContestantName, options: BenchOptions): Promise<Measurements | null> {
  if (options.only !== undefined && options.only !== name) return null
  const small = name === 'ours' && options.growth ? await smallFirstSync(options) : undefined
  const measurements = await onStage(name, options)
  return small === undefined ? measurements : withGrowth(measurements, small)
}

async function onStage(name: ContestantName, options: BenchOptions): Promise<Measurements> {
  const stage = await openStage(options.shape)
  try {
    const contestant = await start(name, stage, options)
    const stop = closeAtEnd(() => contestant.stop())
    return await runStaged(stage, contestant, options).finally(stop)
  } finally {
    await stage.close()
  }
}

function start(name: ContestantName, stage: Stage, options: BenchOptions): Promise<Contestant> {
  return name === 'floor' ? startFloor(stage) : startOurs({ stage, options })
}

async function smallFirstSync(options: BenchOptions): Promise<Measurement | undefined> {
  const shape = { ...options.shape, apps: Math.max(1, Math.floor(options.shape.apps / GROWTH)) }
  return (await onStage('ours', { ...options, shape, workloads: ['A'] })).get('A')
}

/** The exponents k of t = c · Nᵏ between a quarter and the whole: 1 is proportional, 2 quadratic. */
function withGrowth(measurements: Measurements, small: Measurement): Measurements {
  const whole = measurements.get('A')
  if (whole === undefined) return measurements
  const exponent = (a: number, b: number): number => rounded(Math.log(a / b) / Math.log(GROWTH)) ?? 0
  const figures = {
    ...whole.figures,
    wall_exponent: exponent(whole.wall_s ?? 0, small.wall_s ?? 1),
    cpu_exponent: exponent(whole.cpu_s, small.cpu_s),
  }
  return new Map([...measurements, ['A', { ...whole, figures }]])
}
