import { setTimeout as sleep } from 'node:timers/promises'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { useOfTrees } from '../measure/program-tree.js'
import type { Measurement, Round } from '../measure/result.js'
import { rounded } from '../measure/statistics.js'
import type { BenchOptions } from '../options.js'
import { appName } from '../repository/manifests.js'
import { openStage } from '../stage.js'
import { type LoadResult, type Target, closedLoop, openLoop } from '../workloads/load.js'
import { firstSync, untilSettled } from '../workloads/first-sync.js'
import { measurementOf } from '../workloads/measured.js'
import { type Ours, startOurs } from './ours.js'
import { Seed } from './seed.js'

const OPEN_PER_SECOND = 500
/** Until the rate no longer rises: for its first seconds a process compiles what it runs often. */
const WARM_SECONDS = 15
const WARM_BRIEFLY_SECONDS = 2
/** A principal is remembered for two seconds. */
const POLICY_KNOWN_MS = 3000
const OBSERVED_WITHIN_MS = 60_000
const FEW_LINES = 10
const MANY_LINES = 5000
const FIELDS =
  'id name namespace project sync health { status } repoURL path targetRevision revisions observedAt'

/** E: what people and the interface ask all day, with so many applications; the floor serves the same bytes. */
export async function lists(options: BenchOptions): Promise<Round> {
  const stage = await openStage({ apps: 1, objects: 1, variant: 'cm1', seed: options.shape.seed })
  try {
    const ours = await startOurs({ stage, options })
    try {
      // Without a cluster and a repository that are observed, every status is rightly Unknown.
      await firstSync(stage, ours)
      await untilSettled(stage, ours)
      const seed = new Seed(await ours.databaseUrl())
      return await seededLists(ours, seed, options).finally(() => seed.close())
    } finally {
      await ours.stop()
    }
  } finally {
    await stage.close()
  }
}

async function seededLists(ours: Ours, seed: Seed, options: BenchOptions): Promise<Round> {
  const { loadSeconds: seconds, shape } = options
  await seed.applications(shape.apps)
  ours.api.useToken(await seed.member())
  await seed.policy(FEW_LINES)
  await sleep(POLICY_KNOWN_MS)
  const page = await checked(ours, 'applications(first: 50) { nodes { @ } }')
  const floor = options.only === 'ours' ? null : await floorOf(page, ours, seconds)
  if (options.only === 'floor') return { floor, ours: null }
  return { floor, ours: await oursOf(page, { ours, seed, options }) }
}

interface Loaded {
  readonly ours: Ours
  readonly seed: Seed
  readonly options: BenchOptions
}

async function oursOf(page: Target, { ours, seed, options }: Loaded): Promise<Measurement> {
  const { loadSeconds: seconds } = options
  await closedLoop(page, WARM_SECONDS)
  const before = await useOfTrees(ours.pids)
  const closed = await closedLoop(page, seconds)
  const open = await openLoop(page, seconds, OPEN_PER_SECOND)
  const others = await otherOperations(ours, options)
  const few = await closedLoop(page, seconds)
  await seed.policy(MANY_LINES)
  await sleep(POLICY_KNOWN_MS)
  const many = await closedLoop(page, seconds)
  const use = await useOfTrees(ours.pids)
  const figures = {
    ...others,
    page_p50_10_lines_ms: few.p50Ms,
    page_p50_5000_lines_ms: many.p50Ms,
    many_by_few_lines: many.p50Ms / few.p50Ms,
  }
  return listMeasurement(closed, open, { ...use, cpuSeconds: use.cpuSeconds - before.cpuSeconds, figures })
}

async function otherOperations(ours: Ours, { loadSeconds, shape }: BenchOptions) {
  // The member sees the first nine of each hundred.
  const one = appName(Math.floor(shape.apps / 200) * 100 + 5)
  const operations = {
    filter: 'applications(first: 50, filter: { sync: OUT_OF_SYNC }) { nodes { @ } }',
    text: `applications(first: 50, filter: { text: "${one.slice(-3)}" }) { nodes { @ } }`,
    get: `application(name: "${one}") { @ }`,
  }
  const figures: Record<string, number> = {}
  for (const [name, query] of Object.entries(operations)) {
    const target = await checked(ours, query)
    await closedLoop(target, WARM_BRIEFLY_SECONDS)
    const result = await closedLoop(target, loadSeconds)
    figures[`${name}_per_s`] = Math.round(result.perSecond)
    figures[`${name}_p99_ms`] = rounded(result.p99Ms) ?? 0
  }
  return figures
}

/** Refuses to measure an answer that is an error or stays empty: what nobody observed yet is rightly Unknown. */
async function checked(ours: Ours, query: string): Promise<Target> {
  const text = `{ ${query.replace('@', FIELDS)} }`
  const end = Date.now() + OBSERVED_WITHIN_MS
  while (await isEmpty(ours, text)) {
    if (Date.now() > end) {
      const any = await ours.api.ask('{ applications(first: 2) { nodes { name sync staleReason } } }')
      throw new Error(`Nothing to measure: ${text} answers an empty list. There is: ${JSON.stringify(any)}`)
    }
    await sleep(500)
  }
  return {
    url: ours.api.url,
    path: '/graphql',
    headers: ours.api.headers,
    body: JSON.stringify({ query: text }),
  }
}

async function isEmpty(ours: Ours, text: string): Promise<boolean> {
  const [answer] = Object.values(await ours.api.ask(text))
  return (answer as { readonly nodes?: readonly unknown[] }).nodes?.length === 0
}

async function floorOf(page: Target, ours: Ours, seconds: number): Promise<Measurement> {
  const { query } = JSON.parse(page.body) as { readonly query: string }
  const server = fork(fileURLToPath(new URL('../floor/raw-server.js', import.meta.url)), { execArgv: [] })
  try {
    const target = { ...page, url: await served(server, JSON.stringify({ data: await ours.api.ask(query) })) }
    await closedLoop(target, WARM_BRIEFLY_SECONDS)
    const before = await useOfTrees([server.pid ?? -1])
    const closed = await closedLoop(target, seconds)
    const open = await openLoop(target, seconds, OPEN_PER_SECOND)
    const use = await useOfTrees([server.pid ?? -1])
    return listMeasurement(closed, open, {
      ...use,
      cpuSeconds: use.cpuSeconds - before.cpuSeconds,
      figures: {},
    })
  } finally {
    server.disconnect()
  }
}

async function served(server: ChildProcess, body: string): Promise<string> {
  const port = once(server, 'message')
  server.send(body)
  return `http://127.0.0.1:${String((await port)[0])}`
}

function listMeasurement(
  closed: LoadResult,
  open: LoadResult,
  use: { readonly cpuSeconds: number; readonly pssMb: number; readonly figures: Record<string, number> },
): Measurement {
  const figures = {
    closed_p50_ms: closed.p50Ms,
    closed_p99_ms: closed.p99Ms,
    bytes: closed.bytes,
    ...use.figures,
  }
  const round = Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, rounded(value) ?? 0]),
  )
  const made = measurementOf({ touched: 0, requestsPerSecond: closed.perSecond, figures: round }, use, 0)
  return { ...made, p50_ms: rounded(open.p50Ms), p99_ms: rounded(open.p99Ms) }
}
