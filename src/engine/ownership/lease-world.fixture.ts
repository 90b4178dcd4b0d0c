import type { LeaseTimes } from './lease-times.js'
import type { ClockReading, WriteWindow } from './write-window.js'

/**
 * A small world for the exhaustive check: workers, one cluster, one request. All times count from now, in ticks, and epochs count back
 * from the newest, so that the world is finite however long it runs. Windows are those of the product's own functions.
 */
export interface World {
  readonly workers: readonly Worker[]
  /** Who the database says owns the cluster; `dead` = a run that crashed. */
  readonly owner: number | 'dead' | undefined
  /** Ticks until the lease expires; below zero: expired for so long. */
  readonly expiresIn: number
  /** Writes on their way to the cluster, also of workers that died since. */
  readonly flying: readonly Flying[]
  readonly request: 'absent' | 'running' | 'ended'
  readonly ends: number
  /** The request's doorbell is in the outbox. */
  readonly bell: boolean
  /** Steps in the log. */
  readonly logged: number
}

/** One that is stopped is one that takes no step while others do; one that crashed begins anew as another holder. */
export interface Worker {
  /** Its monotonic clock stands still. */
  readonly suspended: boolean
  /** Which of its clocks went wrong under this lease: never both. */
  readonly wrong: 'wall' | 'monotonic' | undefined
  readonly lease: Held | undefined
  /** A renewal or an acquisition under way: what its clocks showed when it was sent. */
  readonly asked: ClockReading | undefined
  /** What the database answered to it; on its way. */
  readonly answer: Answer | undefined
  readonly rung: boolean
  readonly work: Work | undefined
}

export type Answer =
  | { readonly kind: 'not yours' }
  | { readonly kind: 'yours'; readonly age: number; readonly formerExpiredForMs?: number | undefined }

export interface Held {
  /** How many owners came since. */
  readonly age: number
  readonly window: WriteWindow
}

export interface Work {
  readonly age: number
  readonly step: number
  /** `writing`: a write is under way; `storing`: a state write is under way to the database. */
  readonly stage: 'begun' | 'writing' | 'written' | 'storing'
}

export interface Flying {
  readonly worker: number
  readonly age: number
  /** Ticks until the server gives up on it. */
  readonly left: number
}

/** The rules that can be switched off, to see that the check would notice. */
export interface Rules {
  readonly times: LeaseTimes
  readonly steps: number
  readonly fenced: boolean
  /** Counts the window from when the answer came instead of from when the request was sent. */
  readonly countsFromAnswer: boolean
  /** The gainer of a cluster looks for what is under way. */
  readonly resumes: boolean
  /** Wall clocks are set forward and back, and machines are suspended. */
  readonly clocksGoWrong: boolean
  /** Without one only the leases are looked at. */
  readonly hasRequest: boolean
  /** Answers may be late or lost. */
  readonly answersGetLost: boolean
}

export interface Step {
  readonly name: string
  readonly world: World
  /** What must never happen, when it did. */
  readonly broken?: string
}

/** One tick is the unit: proportions as in the product (20 s, 12 s, 8 s, 2 s), as small as they can be. */
export const TICKS: LeaseTimes = {
  ttlMs: 3,
  renewEveryMs: 1,
  writeForMs: 2,
  writeTimeoutMs: 1,
  graceMs: 1,
  handOverEveryMs: 1,
  drainMs: 10,
}

export const RULES: Rules = {
  times: TICKS,
  steps: 2,
  fenced: true,
  countsFromAnswer: false,
  resumes: true,
  clocksGoWrong: false,
  hasRequest: true,
  answersGetLost: true,
}
