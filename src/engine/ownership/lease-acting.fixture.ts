import type { LeaseTimes } from './lease-times.js'
import type { Rules, Step, Worker, World } from './lease-world.fixture.js'
import type { ClockReading, WriteWindow } from './write-window.js'

export const NOW: ClockReading = { wallMs: 0, monotonicMs: 0 }
export const IDLE: Worker = {
  suspended: false,
  wrong: undefined,
  lease: undefined,
  asked: undefined,
  answer: undefined,
  rung: false,
  work: undefined,
}

/** One worker of a world, about to act. */
export interface Acting {
  readonly world: World
  readonly worker: Worker
  readonly index: number
  readonly rules: Rules
}

export function changed({ world, index }: Acting, name: string, worker: Worker): Step {
  return { name, world: put(world, index, worker) }
}

export function put(world: World, index: number, worker: Worker): World {
  return { ...world, workers: world.workers.map((other, at) => (at === index ? worker : other)) }
}

export function moved(window: WriteWindow, by: ClockReading, times: LeaseTimes): WriteWindow {
  return {
    notBeforeMonotonicMs: Math.max(0, window.notBeforeMonotonicMs - by.monotonicMs),
    untilMonotonicMs: Math.max(0, window.untilMonotonicMs - by.monotonicMs),
    untilWallMs: within(0, window.untilWallMs - by.wallMs, times.writeForMs + 1),
  }
}

export function within(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
