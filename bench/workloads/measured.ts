import { setTimeout as sleep } from 'node:timers/promises'
import type { Contestant } from '../contestant.js'
import { callsOf } from '../measure/api-calls.js'
import { useOfTree } from '../measure/program-tree.js'
import type { Measurement } from '../measure/result.js'
import { quantile, rounded } from '../measure/statistics.js'
import type { Stage } from '../stage.js'

export interface Timed {
  readonly wallSeconds?: number
  readonly latenciesMs?: readonly number[]
  /** Objects that the workload is about, to divide the calls by. */
  readonly touched: number
}

/** Runs the timed part of a workload between two readings of calls, CPU time and memory. */
export async function measured(
  stage: Stage,
  contestant: Contestant,
  work: () => Promise<Timed>,
): Promise<Measurement> {
  const admin = stage.cluster.client()
  const callsBefore = await callsOf(admin, contestant.user)
  const useBefore = await useOfTree(contestant.pid)
  const timed = await work()
  const use = await useOfTree(contestant.pid)
  const calls = (await callsOf(admin, contestant.user)) - callsBefore
  const latencies = timed.latenciesMs ?? []
  return {
    wall_s: rounded(timed.wallSeconds ?? null, 3),
    latencies_ms: latencies.map((one) => rounded(one) ?? 0),
    p50_ms: rounded(quantile(latencies, 0.5)),
    p95_ms: rounded(quantile(latencies, 0.95)),
    calls,
    calls_per_object: timed.touched === 0 ? null : rounded(calls / timed.touched, 3),
    cpu_s: rounded(use.cpuSeconds - useBefore.cpuSeconds) ?? 0,
    pss_mb: rounded(use.pssMb, 1) ?? 0,
    requests_per_s: null,
  }
}

/** Fails with what is missing when the observer does not see it in time: a hang must not look like a slow run. */
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
