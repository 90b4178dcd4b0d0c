import type { Rules } from './checker.js'
import type { Trial, TrialOptions } from './trial.js'
import type { Shape } from './world.js'

/** One row of the matrix of faults. */
export interface FaultClass extends Rules, TrialOptions {
  /** `F-12`. */
  readonly id: string
  readonly title: string
  /** Each is tried in turn. */
  readonly variants: readonly string[]
  /** The time to recover, counted from the end of the fault; default 30 s. */
  readonly recoverWithinMs?: number
  /** Left out of the short run: too long. */
  readonly isLong?: boolean
  /** Tried only where the product has one of these shapes; default: all. */
  readonly shapes?: readonly Shape[]
  /** A second process stays from trial to trial. */
  readonly keepsRival?: boolean
  /** Why this cannot be tried in this world, or undefined. */
  readonly needs?: (trial: Trial) => string | undefined
  /** Brings the fault about, proves it, and ends it. Leaves the newest commit to be reached. */
  readonly strike: (trial: Trial, variant: string) => Promise<void>
}

export interface TrialResult {
  readonly id: string
  readonly shape: Shape
  readonly variant: string
  readonly seed: number
  readonly outcome: 'clean' | 'violated' | 'no-fault' | 'broken' | 'not-possible'
  readonly violations: readonly string[]
  readonly evidence: readonly string[]
  readonly figures: Readonly<Record<string, number>>
  readonly seconds: number
}
