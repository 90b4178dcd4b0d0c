import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { quantile } from '../measure/statistics.js'

const CONNECTIONS = 16
const ANSWER_MS = 10_000

export interface Target {
  readonly url: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface LoadResult {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Of one answer. */
  readonly bytes: number
}

/** Sixteen connections, each asks again as soon as it was answered. */
export async function closedLoop(target: Target, seconds: number): Promise<LoadResult> {
  return withPool(target, async (ask) => {
    const times: number[] = []
    const start = performance.now()
    const end = start + seconds * 1000
    let bytes = 0
    const lane = async (): Promise<void> => {
      while (performance.now() < end) {
        const asked = performance.now()
        bytes = await ask()
        times.push(performance.now() - asked)
      }
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, lane))
    return resultOf(times, (performance.now() - start) / 1000, bytes)
  })
}

/** So many a second, whether or not the former ones were answered; each is timed from when it was due. */
export async function openLoop(target: Target, seconds: number, perSecond: number): Promise<LoadResult> {
  return withPool(target, async (ask) => {
    const times: number[] = []
    const open: Promise<void>[] = []
    const start = performance.now()
    let bytes = 0
    const timed = async (due: number): Promise<void> => {
      // A timer may fire a little early: that is nobody's time.
      const begun = Math.min(due, performance.now())
      bytes = await ask()
      times.push(performance.now() - begun)
    }
    for (let turn = 0; turn < seconds * perSecond; turn += 1) {
      const due = start + (turn * 1000) / perSecond
      if (due > performance.now()) await sleep(due - performance.now())
      open.push(timed(due))
    }
    await Promise.all(open)
    return resultOf(times, (performance.now() - start) / 1000, bytes)
  })
}

async function withPool<T>(target: Target, work: (ask: () => Promise<number>) => Promise<T>): Promise<T> {
  const pool = new Pool(target.url, {
    connections: CONNECTIONS,
    pipelining: 1,
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
  })
  const { path, headers, body } = target
  const ask = async (): Promise<number> => {
    const answer = await pool.request({ method: 'POST', path, headers, body })
    const bytes = await answer.body.bytes()
    if (answer.statusCode === 200) return bytes.byteLength
    throw new Error(`${target.url}${path} answered ${answer.statusCode}: ${Buffer.from(bytes).toString()}`)
  }
  try {
    return await work(ask)
  } finally {
    await pool.destroy()
  }
}

function resultOf(times: readonly number[], seconds: number, bytes: number): LoadResult {
  return {
    perSecond: times.length / seconds,
    p50Ms: quantile(times, 0.5) ?? 0,
    p99Ms: quantile(times, 0.99) ?? 0,
    bytes,
  }
}
