import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { silentLogger } from '../../src/base/logger.js'
import { RedisBus } from '../../src/events/redis/redis-bus.js'
import { openStores } from '../../src/store/prisma/open-stores.js'
import { heldMemory, type Memory } from '../measure/inspected-program.js'
import { tell, type Figure } from '../measure/report.js'
import { quantile } from '../measure/statistics.js'
import type { Product } from '../ours/product.js'
import { Seed } from '../ours/seed.js'
import { startSplit } from '../ours/split.js'
import { audience } from './audience.js'
import { Crowd } from './crowd.js'
import { StatusWriter } from './status-writer.js'

const USAGE = `usage: node dist/bench/subscriptions/main.js [--subscriptions N] [--apps N] [--events N] [--json FILE]
  So many people, each with a connection and a subscription of their own, on a gateway that runs as a process of its own.
`
/** The embedded Postgres has thirty connections: three processes and this program share them. */
const ENV = { LOCKSTEP__DATABASE__MAXCONNECTIONS: '6' }
const MOST_P99_MS = 1_000
const MOST_KB = 60
const BETWEEN_MS = 500
/** A cold gateway answers late for some events; that is not what is asked here. */
const WARM_EVENTS = 5
const { values } = parseArgs({
  options: {
    subscriptions: { type: 'string', default: '1000' },
    apps: { type: 'string', default: '200' },
    events: { type: 'string', default: '40' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) process.stdout.write(USAGE)
else process.exit((await measure()) ? 0 : 1)

async function measure(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-subscriptions-'))
  // Run by root, Postgres is another user, who must get in here.
  await chmod(folder, 0o711)
  const product = await startSplit({ folder, webhookSecret: 'not used in this measurement', env: ENV })
  try {
    const figures = await figuresOf(product)
    const what =
      'One connection and one subscription per person. Memory is the gateway process after forced collections, before the first subscription and after all have heard an event.'
    const at = {
      subscriptions: Number(values.subscriptions),
      apps: Number(values.apps),
      events: Number(values.events),
    }
    return await tell({ what, at, figures }, values.json)
  } finally {
    await product.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function figuresOf(product: Product): Promise<readonly Figure[]> {
  const connectionString = await product.databaseUrl()
  const seed = new Seed(connectionString)
  await seed.applications(Number(values.apps)).finally(() => seed.close())
  const stores = openStores({ connectionString, logger: silentLogger, maxConnections: 4 })
  const bus = new RedisBus({ url: product.redisUrl ?? '', logger: silentLogger })
  try {
    const tokens = await audience(stores, Number(values.subscriptions))
    const writer = await StatusWriter.open(
      { applications: stores.applications, events: bus, logger: silentLogger },
      stores,
    )
    const gateway = product.pids.at(-1) ?? -1
    await warm(product.url, tokens, writer)
    const before = await heldMemory(gateway)
    const crowd = new Crowd(product.url)
    await crowd.join(tokens)
    const times = await crowd.hear(writer, Number(values.events))
    const after = await heldMemory(gateway)
    crowd.leave()
    return [...latencies(times), ...memories(before, after)]
  } finally {
    await Promise.all([bus.close(), stores.close()])
  }
}

/** Everybody is known and every path compiled before memory is read. */
async function warm(url: string, tokens: readonly string[], writer: StatusWriter): Promise<void> {
  const crowd = new Crowd(url)
  await crowd.join(tokens)
  await crowd.hear(writer, WARM_EVENTS)
  crowd.leave()
  await sleep(BETWEEN_MS)
}

function latencies(times: readonly number[]): readonly Figure[] {
  return [
    { figure: 'event to client ms, p50', value: quantile(times, 0.5) },
    { figure: 'event to client ms, p99', value: quantile(times, 0.99), most: MOST_P99_MS },
    { figure: 'event to client ms, longest', value: quantile(times, 1) },
  ]
}

function memories(before: Memory, after: Memory): readonly Figure[] {
  const each = (kb: number): number => kb / Number(values.subscriptions)
  return [
    { figure: 'KB of PSS before', value: before.pssKb },
    { figure: 'KB of PSS after', value: after.pssKb },
    { figure: 'KB of PSS a subscription', value: each(after.pssKb - before.pssKb), most: MOST_KB },
    { figure: 'KB of heap a subscription', value: each(after.heapKb - before.heapKb), most: MOST_KB },
  ]
}
