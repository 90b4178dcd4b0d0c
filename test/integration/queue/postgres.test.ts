import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import {
  eventBusContract,
  busBetweenProcessesContract,
  type BusInUse,
} from '../../../src/events/event-bus.contract.js'
import { PostgresBus } from '../../../src/events/postgres/postgres-bus.js'
import { openPostgresQueue } from '../../../src/queue/bullmq/postgres-backend.js'
import {
  doorbellQueueContract,
  queueBetweenProcessesContract,
  type QueueInUse,
} from '../../../src/queue/doorbell-queue.contract.js'
import type { DoorbellQueue } from '../../../src/queue/doorbell-queue.js'
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../../src/store/postgres/embedded-postgres.js'

let dir: string
let database: EmbeddedPostgres

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lockstep-queue-'))
  database = await startEmbeddedPostgres({ dir, logger: silentLogger })
})

afterAll(async () => {
  await database.stop()
  await rm(dir, { recursive: true, force: true })
})

/** A database of its own: the queue's tables have one name. */
async function freshDatabase(): Promise<string> {
  const name = `q${randomUUID().replaceAll('-', '')}`
  const client = new pg.Client({ connectionString: database.connectionString })
  await client.connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  const url = new URL(database.connectionString)
  url.pathname = `/${name}`
  return url.href
}

async function openQueue(): Promise<QueueInUse> {
  const connectionString = await freshDatabase()
  const joined: DoorbellQueue[] = []
  // The contract joins up to three processes; opening one is asynchronous here and not elsewhere.
  const ready = await Promise.all(
    [1, 2, 3].map(() => openPostgresQueue({ connectionString, logger: silentLogger })),
  )
  return {
    join: () => {
      const queue = ready.shift()
      if (queue === undefined) throw new Error('The contract joins more than three processes.')
      joined.push(queue)
      return queue
    },
    end: async () => {
      await Promise.all([...joined, ...ready].map((queue) => queue.close()))
    },
  }
}

async function openBus(): Promise<BusInUse> {
  const channel = `test_${randomUUID().replaceAll('-', '')}`
  const joined: PostgresBus[] = []
  return {
    join: async () => {
      const bus = new PostgresBus({
        connectionString: database.connectionString,
        channel,
        logger: silentLogger,
      })
      joined.push(bus)
      await bus.hears()
      return bus
    },
    end: async () => {
      await Promise.all(joined.map((bus) => bus.close()))
    },
  }
}

doorbellQueueContract('BullMQ on Postgres', openQueue)
queueBetweenProcessesContract('BullMQ on Postgres', openQueue)
eventBusContract('Postgres', openBus)
busBetweenProcessesContract('Postgres', openBus)

describe('a Postgres that is killed', () => {
  async function kill(): Promise<void> {
    const killed = database.pid
    process.kill(killed, 'SIGKILL')
    for (let i = 0; i < 200 && database.pid === killed; i += 1) await sleep(50)
  }

  it('is found again by the queue, which keeps what it took', async () => {
    const inUse = await openQueue()
    const [ringer, ear] = [inUse.join(), inUse.join()]
    await ringer.ring({ kind: 'repository', id: 'before' })
    await kill()
    const heard = new Set<string>()
    ear.listen('repository', (id) => void heard.add(id))
    await vi.waitFor(() => ringer.ring({ kind: 'repository', id: 'after' }), {
      timeout: 30_000,
      interval: 200,
    })
    await vi.waitFor(() => expect(heard).toEqual(new Set(['before', 'after'])), {
      timeout: 30_000,
      interval: 20,
    })
    await kill()
    await vi.waitFor(() => ringer.ring({ kind: 'repository', id: 'later' }), {
      timeout: 30_000,
      interval: 200,
    })
    await vi.waitFor(() => expect(heard).toContain('later'), { timeout: 30_000, interval: 20 })
    await inUse.end()
  })

  it('is found again by the bus, which tells that events were missed', async () => {
    const inUse = await openBus()
    const [one, other] = [await inUse.join(), await inUse.join()]
    let missed = 0
    const heard: string[] = []
    one.onMissed(() => (missed += 1))
    one.subscribe('operation', ({ operationIds }) => heard.push(...operationIds))
    await kill()
    await vi.waitFor(() => expect(missed).toBeGreaterThan(0), { timeout: 30_000, interval: 20 })
    await vi.waitFor(
      async () => {
        await other.publish({ topic: 'operation', operationIds: ['o'] })
        await sleep(50)
        expect(heard).toContain('o')
      },
      { timeout: 30_000, interval: 50 },
    )
    await inUse.end()
  })
})
