import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import {
  eventBusContract,
  busBetweenProcessesContract,
  type BusInUse,
} from '../../../src/events/event-bus.contract.js'
import { RedisBus } from '../../../src/events/redis/redis-bus.js'
import { openRedisQueue } from '../../../src/queue/bullmq/redis-backend.js'
import {
  doorbellQueueContract,
  queueBetweenProcessesContract,
  type QueueInUse,
} from '../../../src/queue/doorbell-queue.contract.js'
import type { DoorbellQueue } from '../../../src/queue/doorbell-queue.js'
import { lendRedis, whyNoRedis } from '../../support/redis-server.js'

const reason = whyNoRedis()
let redis: Awaited<ReturnType<typeof lendRedis>>

describe.runIf(reason !== undefined)('Redis', () => {
  it.skip(`queue and events (${reason})`, () => undefined)
})

describe.runIf(reason === undefined)('Redis', () => {
  beforeAll(async () => {
    redis = await lendRedis()
  })

  afterAll(async () => redis.stop())

  doorbellQueueContract('BullMQ on Redis', openQueue)
  queueBetweenProcessesContract('BullMQ on Redis', openQueue)
  eventBusContract('Redis', openBus)
  busBetweenProcessesContract('Redis', openBus)
})

async function openQueue(): Promise<QueueInUse> {
  const prefix = `test-${randomUUID()}`
  const joined: DoorbellQueue[] = []
  return {
    join: () => {
      const queue = openRedisQueue({ url: redis.url, prefix, logger: silentLogger })
      joined.push(queue)
      return queue
    },
    end: async () => {
      await Promise.all(joined.map((queue) => queue.close()))
    },
  }
}

async function openBus(): Promise<BusInUse> {
  const prefix = `test-${randomUUID()}`
  const joined: RedisBus[] = []
  return {
    join: async () => {
      const bus = new RedisBus({ url: redis.url, prefix, logger: silentLogger })
      joined.push(bus)
      await bus.hears()
      return bus
    },
    end: async () => {
      await Promise.all(joined.map((bus) => bus.close()))
    },
  }
}
