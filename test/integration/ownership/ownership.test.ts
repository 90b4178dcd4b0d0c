import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import { shorterLeaseTimes } from '../../../src/engine/ownership/lease-times.js'
import { anApplication, aRecord, unique } from '../../../src/store/contract-fixtures.js'
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../../src/store/postgres/embedded-postgres.js'
import { runMigrations } from '../../../src/store/postgres/run-migrations.js'
import { openStores } from '../../../src/store/prisma/open-stores.js'
import type { Stores } from '../../../src/store/stores.js'
import { ROOT } from '../../support/running-product.js'

const FACTOR = 10
const TIMES = shorterLeaseTimes(FACTOR)
const PROGRAM = join(ROOT, 'dist/test/support/ownership-program.js')
/** Two cores that others use too: what is late by this much is not late. */
const SLACK_MS = 1_500

interface Line {
  readonly at: number
  readonly worker: string
  readonly gained?: string
  readonly lost?: string
  readonly epoch?: number
  readonly wrote?: string
  /** When the clocks were looked at, before the statement was sent. */
  readonly asked?: number
  readonly mayWrite?: boolean
  readonly result?: string
  readonly started?: boolean
  readonly drained?: boolean
}

let dir: string
let database: EmbeddedPostgres
let stores: Stores
let lines: Line[]
let children: ChildProcess[]
let application: string

beforeAll(async () => {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: build first (npm run build).`)
  dir = await mkdtemp(join(tmpdir(), 'lockstep-ownership-'))
  database = await startEmbeddedPostgres({ dir, logger: silentLogger })
  await runMigrations(database.connectionString, { logger: silentLogger })
  stores = openStores({ connectionString: database.connectionString, logger: silentLogger })
})

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
})

afterAll(async () => {
  await stores.close()
  await database.stop()
  await rm(dir, { recursive: true, force: true })
})

/** Forgets the former test: its workers are gone and its clusters are others. */
async function world(): Promise<readonly string[]> {
  lines = []
  children = []
  for (const { id } of await stores.leases.workers(3_600_000)) await stores.leases.removeWorker(id)
  const created = anApplication()
  await stores.applications.create(created, aRecord('create-application'))
  application = created.id
  return [unique('cluster'), unique('cluster')]
}

async function startWorker(id: string, clusters: readonly string[]): Promise<ChildProcess> {
  const words = [PROGRAM, database.connectionString, id, clusters.join(','), application, String(FACTOR)]
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => lines.push(JSON.parse(line)))
  await until(() => lines.some(({ worker, started }) => worker === id && started === true))
  return child
}

async function until(met: () => boolean, ms = 20_000): Promise<void> {
  const end = Date.now() + ms
  while (!met()) {
    if (Date.now() > end)
      throw new Error(`It did not happen. The last lines: ${JSON.stringify(lines.slice(-10))}`)
    await sleep(10)
  }
}

const of = (worker: string) => lines.filter((line) => line.worker === worker)
const writes = (worker: string) => of(worker).filter(({ mayWrite }) => mayWrite === true)
const ownedBy = (worker: string): readonly string[] => {
  const owned = new Set<string>()
  for (const { gained, lost } of of(worker)) {
    if (gained !== undefined) owned.add(gained)
    if (lost !== undefined) owned.delete(lost)
  }
  return [...owned]
}

/** Of one cluster: no worker writes between two writes of another, and epochs never go back. */
function expectOneAfterTheOther(cluster: string): void {
  const epochs = lines
    .filter(({ wrote, mayWrite }) => wrote === cluster && mayWrite === true)
    .sort((a, b) => (a.asked ?? 0) - (b.asked ?? 0))
    .map(({ epoch = 0 }) => epoch)
  expect(epochs).toEqual([...epochs].sort((a, b) => a - b))
}

describe('two worker processes on one Postgres', () => {
  it('after kill -9 the other owns everything within the lease and writes 2 s (of the real lease) after it', async () => {
    const clusters = await world()
    const first = await startWorker('a', clusters)
    await startWorker('b', clusters)
    await until(() => ownedBy('a').length === 1 && ownedBy('b').length === 1)
    const [orphan = ''] = ownedBy('a')
    first.kill('SIGKILL')
    const killedAt = Date.now()
    await until(() => writes('b').some(({ wrote }) => wrote === orphan))
    const write = writes('b').find(({ wrote }) => wrote === orphan)
    const last = writes('a').findLast(({ wrote }) => wrote === orphan)
    expect((write?.at ?? 0) - killedAt).toBeLessThan(TIMES.ttlMs + TIMES.graceMs + SLACK_MS)
    expect((write?.at ?? 0) - (last?.at ?? 0)).toBeGreaterThan(TIMES.writeTimeoutMs + TIMES.graceMs)
    for (const cluster of clusters) expectOneAfterTheOther(cluster)
  })

  it('on SIGTERM it hands over to the other, which writes at once', async () => {
    const clusters = await world()
    const first = await startWorker('a', clusters)
    await startWorker('b', clusters)
    await until(() => ownedBy('a').length === 1 && ownedBy('b').length === 1)
    const [moved = ''] = ownedBy('a')
    first.kill('SIGTERM')
    await until(() => of('a').some(({ drained }) => drained === true))
    await until(() => writes('b').some(({ wrote }) => wrote === moved))
    const lostAt = of('a').find(({ lost }) => lost === moved)?.at ?? 0
    const gainedAt = of('b').find(({ gained }) => gained === moved)?.at ?? Infinity
    // Nobody waits for a lease to expire.
    expect(gainedAt - lostAt).toBeLessThan(TIMES.handOverEveryMs + SLACK_MS / 3)
    const between = writes('b').find(({ wrote }) => wrote === moved)?.at ?? Infinity
    expect(between - gainedAt).toBeLessThan(SLACK_MS / 3)
    for (const cluster of clusters) expectOneAfterTheOther(cluster)
  })

  it('one that was stopped and goes on writes nothing: neither to the cluster nor to the store', async () => {
    const clusters = await world()
    const first = await startWorker('a', clusters)
    await until(() => ownedBy('a').length === 2 && writes('a').length > 4)
    await startWorker('b', clusters)
    first.kill('SIGSTOP')
    const taken = ownedBy('a')
    await until(() => taken.every((cluster) => writes('b').some(({ wrote }) => wrote === cluster)))
    const held = new Map(of('a').map(({ gained = '', epoch }) => [gained, epoch]))
    const continuedAt = Date.now()
    first.kill('SIGCONT')
    // What it begins in its old epochs; later it is handed its share again, in newer ones.
    const late = () =>
      of('a').filter(({ wrote = '', asked = 0, epoch }) => asked >= continuedAt && epoch === held.get(wrote))
    await until(() => late().length > 0 && writes('a').some(({ asked = 0 }) => asked >= continuedAt))
    for (const { mayWrite, result } of late()) {
      expect(mayWrite).toBe(false)
      expect(result).toMatch(/no longer owns/)
    }
    for (const cluster of taken) expectOneAfterTheOther(cluster)
  })
})
