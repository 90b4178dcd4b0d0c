import type { BenchOptions, Workload } from '../options.js'
import { measuredOn } from './measured-on.js'
import { median, quantile, rounded } from './statistics.js'

/** One contestant in one round. What a workload does not measure is null. */
export interface Measurement {
  readonly wall_s: number | null
  readonly latencies_ms: readonly number[]
  readonly p50_ms: number | null
  readonly p95_ms: number | null
  readonly p99_ms: number | null
  readonly calls: number
  readonly calls_per_object: number | null
  readonly cpu_s: number
  readonly pss_mb: number
  readonly requests_per_s: number | null
  /** What only this workload measures, by name. */
  readonly figures: Readonly<Record<string, number>>
}

export interface Round {
  readonly floor: Measurement | null
  readonly ours: Measurement | null
}

export interface Spread {
  readonly median: number | null
  readonly min: number | null
  readonly max: number | null
}

export interface Summary {
  readonly ratio: Spread
  readonly wall_s: number | null
  readonly p50_ms: number | null
  readonly p95_ms: number | null
  readonly p99_ms: number | null
  readonly calls: number | null
  readonly calls_per_object: number | null
  readonly cpu_s: number | null
  readonly pss_mb: number | null
  readonly requests_per_s: number | null
  readonly figures: Readonly<Record<string, number | null>>
}

export interface Result {
  readonly workload: Workload
  readonly apps: number
  readonly objects: number
  readonly variant: string
  readonly roles: string
  readonly dry_run_first: string
  readonly commit: string
  readonly machine: string
  readonly rounds: readonly Round[]
  readonly summary: Summary
}

export function resultOf(workload: Workload, options: BenchOptions, rounds: readonly Round[]): Result {
  return {
    workload,
    apps: options.shape.apps,
    objects: options.shape.objects,
    variant: options.shape.variant,
    roles: options.roles,
    dry_run_first: options.dryRunFirst,
    ...measuredOn(),
    rounds,
    summary: summaryOf(rounds),
  }
}

function summaryOf(rounds: readonly Round[]): Summary {
  const measured = rounds.map((round) => round.ours ?? round.floor).filter((one) => one !== null)
  const middle = (pick: (one: Measurement) => number | null | undefined): number | null =>
    rounded(median(measured.map(pick).filter((value) => value != null)))
  const latencies = measured.flatMap((one) => one.latencies_ms)
  const names = new Set(measured.flatMap((one) => Object.keys(one.figures)))
  return {
    ratio: spreadOf(rounds.map(ratioOf).filter((ratio) => ratio !== null)),
    wall_s: middle((one) => one.wall_s),
    p50_ms: rounded(quantile(latencies, 0.5)) ?? middle((one) => one.p50_ms),
    p95_ms: rounded(quantile(latencies, 0.95)) ?? middle((one) => one.p95_ms),
    p99_ms: rounded(quantile(latencies, 0.99)) ?? middle((one) => one.p99_ms),
    calls: middle((one) => one.calls),
    calls_per_object: middle((one) => one.calls_per_object),
    cpu_s: middle((one) => one.cpu_s),
    pss_mb: middle((one) => one.pss_mb),
    requests_per_s: middle((one) => one.requests_per_s),
    figures: Object.fromEntries([...names].map((name) => [name, middle((one) => one.figures[name])])),
  }
}

/**
 * Ours by floor, within one round on one machine: the time of one request where requests a second were measured, p50
 * where latencies were, else wall time.
 */
export function ratioOf({ floor, ours }: Round): number | null {
  if (floor === null || ours === null) return null
  if (floor.requests_per_s !== null && ours.requests_per_s !== null)
    return rounded(floor.requests_per_s / ours.requests_per_s)
  const [ourTime, floorTime] =
    ours.p50_ms === null ? [ours.wall_s, floor.wall_s] : [ours.p50_ms, floor.p50_ms]
  return ourTime === null || floorTime === null || floorTime === 0 ? null : rounded(ourTime / floorTime)
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: quantile(values, 0), max: quantile(values, 1) }
}
