import { Redis, type RedisOptions } from 'ioredis'
import { reasonOf } from '../../base/app-error.js'
import type { Logger } from '../../base/logger.js'
import { EventBus, type BusEvent, type EventOf, type Topic } from '../event-bus.js'
import { eventOf, textOf } from '../event-text.js'
import { Listeners } from '../listeners.js'

export interface RedisBusOptions {
  /** `redis://` or `rediss://`, with user and password if any. */
  readonly url: string
  /** Keeps several installations on one Redis apart. Default `lockstep`. */
  readonly prefix?: string
  readonly logger: Logger
}

const COMMAND_TIMEOUT_MS = 2_000
/** A wire that is dead without a word is found by asking. */
const PING_EVERY_MS = 10_000
const LOG_EVERY_MS = 10_000

/** Events between processes by pub/sub. While Redis is away only this process hears its own events. */
export class RedisBus extends EventBus {
  readonly #channel: string
  readonly #logger: Logger
  readonly #listeners: Listeners
  readonly #publisher: Redis
  readonly #subscriber: Redis
  readonly #pings: NodeJS.Timeout
  readonly #hearing: Promise<void>
  #loggedAt = -LOG_EVERY_MS
  #wasHearing = false
  #closed = false

  /** Opens at once, whether Redis answers or not. */
  constructor(options: RedisBusOptions) {
    super()
    this.#channel = `${options.prefix ?? 'lockstep'}:events`
    this.#logger = options.logger
    this.#listeners = new Listeners(options.logger)
    this.#publisher = this.#connect(options.url)
    this.#subscriber = this.#connect(options.url)
    this.#hearing = new Promise((resolve) => {
      this.#subscriber.on('ready', () => void this.#subscribe().then(resolve))
    })
    this.#subscriber.on('message', (_channel, text) => this.#tell(text))
    this.#pings = setInterval(() => this.#ping(), PING_EVERY_MS).unref()
  }

  /** Resolves once this process hears what others publish. */
  hears(): Promise<void> {
    return this.#hearing
  }

  override async publish(event: BusEvent): Promise<void> {
    if (this.#closed) return
    try {
      await this.#publisher.publish(this.#channel, textOf(event))
    } catch (error) {
      this.#report(error)
      this.#listeners.tell(event)
    }
  }

  override subscribe<T extends Topic>(topic: T, listener: (event: EventOf<T>) => void): () => void {
    return this.#listeners.add(topic, listener)
  }

  override onMissed(listener: () => void): () => void {
    return this.#listeners.addMissed(listener)
  }

  override async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#pings)
    this.#listeners.clear()
    this.#publisher.disconnect()
    this.#subscriber.disconnect()
  }

  #connect(url: string): Redis {
    const connection = new Redis(url, CONNECTION)
    connection.on('error', (error: unknown) => this.#report(error))
    return connection
  }

  async #subscribe(): Promise<void> {
    try {
      await this.#subscriber.subscribe(this.#channel)
    } catch (error) {
      this.#report(error)
      this.#subscriber.disconnect(true)
      return
    }
    if (this.#wasHearing) this.#listeners.tellMissed()
    this.#wasHearing = true
  }

  #tell(text: string): void {
    const event = eventOf(text)
    if (event !== undefined) this.#listeners.tell(event)
  }

  #ping(): void {
    for (const connection of [this.#publisher, this.#subscriber]) {
      if (connection.status === 'ready') connection.ping().catch(() => connection.disconnect(true))
    }
  }

  #report(error: unknown): void {
    const now = performance.now()
    if (this.#closed || now - this.#loggedAt < LOG_EVERY_MS) return
    this.#loggedAt = now
    this.#logger.warn('Events do not reach other processes now', { reason: reasonOf(error) })
  }
}

const CONNECTION = {
  autoResubscribe: false,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: COMMAND_TIMEOUT_MS,
  commandTimeout: COMMAND_TIMEOUT_MS,
  keepAlive: 10_000,
  retryStrategy: (times: number) => Math.min(50 * times, 1_000),
} satisfies RedisOptions
