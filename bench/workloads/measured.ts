import { setTimeout as sleep } from 'node:timers/promises'
import type { Contestant } from '../contestant.js'
import { callsOf } from '../measure/api-calls.js'
import { type TreeUse, useOfTrees } from '../measure/program-tree.js'
import type { Measurement } from '../measure/result.js'
import { quantile, rounded } from '../measure/statistics.js'
import type { Stage } from '../stage.js'

const SAMPLE_MS = 2000

export interface Timed {
  readonly wallSeconds?: number
  readonly latenciesMs?: readonly number[]
  /** Objects that the workload is about, to divide the calls by. */
  readonly touched: number
  readonly requestsPerSecond?: number
  /** What this workload measures besides, by name. */
  readonly figures?: Readonly<Record<string, number>>
}

/** Runs the timed part of a workload between two readings of calls, CPU time and memory. */
export async function measured(
  stage: Stage,
  contestant: Contestant,
  work: () => Promise<Timed>,
): Promise<Measurement> {
  const admin = stage.cluster.client()
  const callsBefore = await callsOf(admin, contestant.user)
  const useBefore = await useOfTrees(contestant.pids)
  const peak = startPeak(contestant)
  const timed = await work().finally(() => peak.stop())
  const use = await useOfTrees(contestant.pids)
  const calls = (await callsOf(admin, contestant.user)) - callsBefore
  // After a restart (F, J) it is that of the last process alone.
  const cpuSeconds = Math.max(0, use.cpuSeconds - useBefore.cpuSeconds)
  const figures = { pss_peak_mb: rounded(Math.max(use.pssMb, peak.mb()), 1) ?? 0, ...timed.figures }
  return measurementOf({ ...timed, figures }, { ...use, cpuSeconds }, calls)
}

export function measurementOf(timed: Timed, use: TreeUse, calls: number): Measurement {
  const latencies = timed.latenciesMs ?? []
  return {
    wall_s: rounded(timed.wallSeconds ?? null, 3),
    latencies_ms: latencies.map((one) => rounded(one) ?? 0),
    p50_ms: rounded(quantile(latencies, 0.5)),
    p95_ms: rounded(quantile(latencies, 0.95)),
    p99_ms: rounded(quantile(latencies, 0.99)),
    calls,
    calls_per_object: timed.touched === 0 ? null : rounded(calls / timed.touched, 3),
    cpu_s: rounded(use.cpuSeconds) ?? 0,
    pss_mb: rounded(use.pssMb, 1) ?? 0,
    requests_per_s: rounded(timed.requestsPerSecond ?? null, 0),
    figures: timed.figures ?? {},
  }
}

/** Reads memory now and then while something runs. */
function startPeak(contestant: Contestant): { stop(): void; mb(): number } {
  let most = 0
  const timer = setInterval(() => {
    useOfTrees(contestant.pids)
      .then(({ pssMb }) => void (most = Math.max(most, pssMb)))
      .catch(() => undefined)
  }, SAMPLE_MS)
  return { stop: () => clearInterval(timer), mb: () => most }
}

/** Fails with what is missing when it is not seen in time: a hang must not look like a slow run. */
export async function within<T>(seconds: number, wait: Promise<T>, missing: () => string): Promise<T> {
  const abort = new AbortController()
  const impatience = sleep(seconds * 1000, undefined, { signal: abort.signal }).then(() => {
    throw new Error(`Not seen within ${seconds} s: ${missing()}`)
  })
  try {
    return await Promise.race([wait, impatience])
  } finally {
    abort.abort()
    impatience.catch(() => undefined)
  }
}
