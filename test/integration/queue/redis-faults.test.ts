import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import { RedisBus } from '../../../src/events/redis/redis-bus.js'
import { openRedisQueue } from '../../../src/queue/bullmq/redis-backend.js'
import type { DoorbellQueue } from '../../../src/queue/doorbell-queue.js'
import { aDesired, anApplication, aRecord, aStatus } from '../../../src/store/contract-fixtures.js'
import { openMemoryStores } from '../../../src/store/memory/open-memory-stores.js'
import type { Stores } from '../../../src/store/stores.js'
import { OutboxRelay } from '../../../src/worker/outbox-relay.js'
import { Sweeper } from '../../../src/worker/sweeper.js'
import { RedisServer, whyNoRedisServer } from '../../support/redis-server.js'

const reason = whyNoRedisServer()
const SWEEP_SECONDS = 0.5
const RECOVERY_MS = 20_000
const logger = silentLogger

describe.runIf(reason !== undefined)('a Redis that fails', () => {
  it.skip(`is survived (${reason})`, () => undefined)
})

describe.runIf(reason === undefined)('a Redis that fails', () => {
  let redis: RedisServer
  let queues: DoorbellQueue[]

  beforeEach(async () => {
    redis = await RedisServer.start()
    queues = []
  })

  afterEach(async () => {
    redis.thaw()
    await Promise.all(queues.map((queue) => queue.close()))
    await redis.stop()
  })

  function join(): DoorbellQueue {
    const queue = openRedisQueue({ url: redis.url, logger })
    queues.push(queue)
    return queue
  }

  async function rejectsWithin(ms: number, ring: Promise<void>): Promise<void> {
    const started = performance.now()
    await expect(ring).rejects.toMatchObject({ code: 'TIMEOUT', retry: 'backoff' })
    expect(performance.now() - started).toBeLessThan(ms)
  }

  it('makes a ring fail within seconds when it is dead and when it only keeps silent', async () => {
    const queue = join()
    await queue.ring({ kind: 'repository', id: 'before' })
    await redis.kill()
    await rejectsWithin(6_000, queue.ring({ kind: 'repository', id: 'dead' }))
    await redis.startAgain()
    await vi.waitFor(() => queue.ring({ kind: 'repository', id: 'after' }), { timeout: RECOVERY_MS })
    redis.freeze()
    await rejectsWithin(6_000, queue.ring({ kind: 'repository', id: 'silent' }))
    redis.thaw()
    await vi.waitFor(() => queue.ring({ kind: 'repository', id: 'later' }), { timeout: RECOVERY_MS })
  })

  it('does not keep a process from starting, nor from ending', async () => {
    await redis.kill()
    const queue = join()
    const heard: string[] = []
    queue.listen('repository', (id) => void heard.push(id))
    queue.listenCluster('one', (id) => void heard.push(id))
    await rejectsWithin(6_000, queue.ring({ kind: 'repository', id: 'r' }))
    const started = performance.now()
    await queue.close()
    expect(performance.now() - started).toBeLessThan(8_000)
    const other = join()
    other.listen('repository', (id) => void heard.push(id))
    await redis.startAgain()
    await vi.waitFor(() => other.ring({ kind: 'repository', id: 'r' }), { timeout: RECOVERY_MS })
    await vi.waitFor(() => expect(heard).toEqual(['r']), { timeout: RECOVERY_MS })
  })

  it('is heard again after it was killed, emptied or silent', async () => {
    const [ear, ringer] = [join(), join()]
    const heard = new Set<string>()
    ear.listenCluster('one', (id) => void heard.add(id))
    const faults: Readonly<Record<string, () => Promise<void>>> = {
      killed: async () => {
        await redis.kill()
        await sleep(300)
        await redis.startAgain()
      },
      emptied: () => redis.flushAll(),
      silent: async () => {
        redis.freeze()
        await sleep(4_000)
        redis.thaw()
      },
    }
    for (const [name, fault] of Object.entries(faults)) {
      await fault()
      const ring = async (): Promise<void> => ringer.ring({ kind: 'application', id: name, cluster: 'one' })
      await vi.waitFor(ring, { timeout: RECOVERY_MS, interval: 100 })
      await vi.waitFor(() => expect(heard).toContain(name), { timeout: RECOVERY_MS })
    }
  })

  it('is found again by the bus, which tells that events were missed', async () => {
    const buses = [
      new RedisBus({ url: redis.url, logger }),
      new RedisBus({ url: redis.url, logger }),
    ] as const
    await Promise.all(buses.map((bus) => bus.hears()))
    const heard: string[] = []
    let missed = 0
    buses[0].onMissed(() => (missed += 1))
    buses[0].subscribe('operation', ({ operationIds }) => heard.push(...operationIds))
    await redis.kill()
    const started = performance.now()
    await buses[1].publish({ topic: 'operation', operationIds: ['lost'] })
    expect(performance.now() - started).toBeLessThan(5_000)
    await redis.startAgain()
    await vi.waitFor(() => expect(missed).toBe(1), { timeout: RECOVERY_MS })
    await vi.waitFor(
      async () => {
        await buses[1].publish({ topic: 'operation', operationIds: ['told'] })
        await sleep(50)
        expect(heard).toContain('told')
      },
      { timeout: RECOVERY_MS, interval: 50 },
    )
    expect(heard).not.toContain('lost')
    await Promise.all(buses.map((bus) => bus.close()))
  })

  /** The two halves of the work, as small as can be: who renders, and who owns the cluster. */
  function work(stores: Stores): void {
    const renderer = join()
    renderer.listen('application', (id) => {
      void stores.applications.saveDesired([aDesired(id, { updatedAt: new Date().toISOString() })])
    })
    const owner = join()
    owner.listenCluster('nowhere', (id) => void observe(stores, id))
  }

  async function observe(stores: Stores, id: string): Promise<void> {
    const desired = await stores.applications.desired(id)
    if (desired === undefined) return
    const observedAt = new Date().toISOString()
    await stores.applications.saveStatuses([aStatus(id, { revisions: desired.revisions, observedAt })])
  }

  it('loses nothing but seconds while doorbells flow', async () => {
    const stores = openMemoryStores()
    work(stores)
    const queue = join()
    const relay = new OutboxRelay({ outbox: stores.outbox, queue, logger, sweepSeconds: SWEEP_SECONDS })
    const { pendingWork } = stores
    const sweeper = new Sweeper({ pendingWork, queue, logger, everySeconds: SWEEP_SECONDS })
    relay.start()
    sweeper.start()
    const create = async (): Promise<void> => {
      for (let i = 0; i < 400; i += 1) {
        const application = anApplication()
        const doorbells = [{ kind: 'application', id: application.id }] as const
        await stores.applications.create(application, aRecord('create', doorbells))
        await sleep(10)
      }
    }
    const fail = async (): Promise<void> => {
      for (let round = 0; round < 4; round += 1) {
        await sleep(300)
        await redis.flushAll()
        await sleep(300)
        await redis.kill()
        await sleep(200)
        await redis.startAgain()
      }
    }
    await Promise.all([create(), fail()])
    const page = { after: '', limit: 1_000, thorough: true }
    const left = async (): Promise<number> => (await pendingWork.page(page)).length
    await vi.waitFor(async () => expect(await left()).toBe(0), { timeout: RECOVERY_MS, interval: 50 })
    await vi.waitFor(async () => expect(await stores.outbox.pending(1_000)).toEqual([]), {
      timeout: RECOVERY_MS,
    })
    await sweeper.close()
    await relay.close()
  })
})
