import { readFile, readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROLES } from '../support/running-roles.js'
import type { Trial } from './trial.js'
import type { World } from './world.js'

/** What the processes of the product hold at one moment. */
interface Held {
  readonly processes: number
  /** Besides those of the connections to Postgres. */
  readonly descriptors: number
  readonly children: number
  readonly connections: number
  readonly megabytes: number
}

const PATIENCE_MS = 10_000
/** Of the first trial of a world: a process that was started again holds a little less or more. */
const SLACK = 40
/** All pools of one process, full (stores 10, queue 6, bus 2): they grow with a burst and keep what they opened. */
const POOLED = 18
/** One `git cat-file` for each repository that was read lately; it ends by itself when nobody asks. */
const CHILDREN = 12
const CONNECTIONS = `SELECT count(*)::int AS n FROM pg_stat_activity
  WHERE application_name = 'lockstep' AND datname = current_database()`

const bases = new WeakMap<World, Held>()

/** I-10: after each trial it holds no more than after the first one of its world, and no connection outside a pool. */
export async function checkResources(trial: Trial): Promise<void> {
  const { world } = trial
  const end = performance.now() + PATIENCE_MS
  let held = await measure(world)
  const base = bases.get(world)
  while (exceeds(held, base) && performance.now() < end) {
    await sleep(200)
    held = await measure(world)
  }
  if (exceeds(held, base))
    trial.violated(
      'I-10',
      `it holds ${JSON.stringify(held)} after the trial, at first ${JSON.stringify(base)}`,
    )
  if (base === undefined) bases.set(world, held)
  trial.figures['megabytes'] = held.megabytes
}

function exceeds(held: Held, base: Held | undefined): boolean {
  if (held.children > CHILDREN || held.connections > held.processes * POOLED) return true
  return base !== undefined && held.descriptors > base.descriptors + SLACK
}

async function measure(world: World): Promise<Held> {
  const pids = [...new Set(ROLES.map((role) => world.pidOf(role)))]
  const [row] = await world.rows(CONNECTIONS)
  const each = await Promise.all(
    pids.map(async (pid) => [await open(pid), await children(pid), await resident(pid)]),
  )
  const sum = (at: number): number => each.reduce((total, one) => total + (one[at] ?? 0), 0)
  const connections = Number(row?.['n'])
  return {
    processes: pids.length,
    descriptors: sum(0) - connections,
    children: sum(1),
    connections,
    megabytes: sum(2),
  }
}

async function open(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`).catch(() => [])).length
}

async function children(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return text.split(' ').filter((word) => word !== '').length
}

async function resident(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) / 1024)
}
