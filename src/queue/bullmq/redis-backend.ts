import { once } from 'node:events'
import { Queue, Worker, type Processor } from 'bullmq'
import { Redis, type RedisOptions } from 'ioredis'
import type { Logger } from '../../base/logger.js'
import { BullmqBackend, troubleAt, WORKER_OPTIONS, type JobQueue, type JobWorker } from './bullmq-backend.js'
import { BullmqQueue } from './bullmq-queue.js'
import type { RareWarning } from '../../base/rare-warning.js'

export interface RedisQueueOptions {
  /** `redis://` or `rediss://`, with user and password if any. */
  readonly url: string
  /** Keeps several installations on one Redis apart. Default `lockstep`. */
  readonly prefix?: string
  readonly logger: Logger
}

/** A cluster worker has one of its own connections per cluster: few retries a second each. */
const RETRY_MS = { first: 50, most: 1_000 }
const CONNECT_TIMEOUT_MS = 3_000
const COMMAND_TIMEOUT_MS = 3_000
/** Longer than a worker blocks: what is silent for so long is a dead wire. */
const SOCKET_TIMEOUT_MS = 20_000
const CONCURRENCY = 16

/** One queue per cluster, so that a job reaches the owner of the cluster without a detour. */
class RedisBackend extends BullmqBackend {
  readonly place: string
  readonly #prefix: string
  readonly #warning: RareWarning
  readonly #producer: Redis
  readonly #consumer: Redis

  constructor(options: RedisQueueOptions, place: string, warning: RareWarning) {
    super()
    this.place = place
    this.#warning = warning
    this.#prefix = options.prefix ?? 'lockstep'
    this.#producer = new Redis(options.url, {
      ...connectionOptions(),
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT_MS,
    })
    this.#consumer = new Redis(options.url, { ...connectionOptions(), maxRetriesPerRequest: null })
    for (const connection of [this.#producer, this.#consumer]) connection.on('error', warning.report)
  }

  override clusterQueue(clusterId: string): string {
    return `cluster.${clusterId}`
  }

  override openQueue(name: string): JobQueue {
    const queue = new Queue(name, {
      connection: this.#producer,
      prefix: this.#prefix,
      skipVersionCheck: true,
      skipWaitingForReady: true,
      streams: { events: { maxLen: 10 } },
    })
    queue.on('error', this.#warning.report)
    return queue
  }

  override openWorker(name: string, processor: Processor): JobWorker {
    const worker = new Worker(name, processor, {
      connection: this.#consumer,
      prefix: this.#prefix,
      skipVersionCheck: true,
      concurrency: CONCURRENCY,
      ...WORKER_OPTIONS,
    })
    worker.on('error', this.#warning.report)
    return worker
  }

  override async up(): Promise<void> {
    if (this.#producer.status === 'ready') return
    try {
      await once(this.#producer, 'ready', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) })
    } catch (error) {
      throw new Error('there is no connection', { cause: error })
    }
  }

  override async close(): Promise<void> {
    this.#producer.disconnect()
    this.#consumer.disconnect()
  }
}

function connectionOptions() {
  return {
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    keepAlive: 10_000,
    retryStrategy: (times: number) => Math.min(RETRY_MS.first * times, RETRY_MS.most),
  } satisfies RedisOptions
}

/** Doorbells on Redis. Opens at once, whether Redis answers or not. */
export function openRedisQueue(options: RedisQueueOptions): BullmqQueue {
  const place = `Redis at ${new URL(options.url).host}`
  const warning = troubleAt(place, options.logger)
  return new BullmqQueue({
    backend: new RedisBackend(options, place, warning),
    warning,
    logger: options.logger,
  })
}
