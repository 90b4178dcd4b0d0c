import { Redis, type RedisOptions } from 'ioredis'
import type { Logger } from '../../base/logger.js'
import type { RareWarning } from '../../base/rare-warning.js'
import { EventBus, type BusEvent, type EventOf, type Topic } from '../event-bus.js'
import { textOf } from '../event-text.js'
import { Listeners, notHeard } from '../listeners.js'

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

/** Events between processes by pub/sub. While Redis is away only this process hears its own events. */
export class RedisBus extends EventBus {
  readonly #channel: string
  readonly #warning: RareWarning
  readonly #listeners: Listeners
  readonly #publisher: Redis
  readonly #subscriber: Redis
  readonly #pings: NodeJS.Timeout
  readonly #hearing: Promise<void>
  #wasHearing = false
  #closed = false

  /** Opens at once, whether Redis answers or not. */
  constructor(options: RedisBusOptions) {
    super()
    this.#channel = `${options.prefix ?? 'lockstep'}:events`
    this.#warning = notHeard(options.logger)
    this.#listeners = new Listeners(options.logger)
    this.#publisher = this.#connect(options.url)
    this.#subscriber = this.#connect(options.url)
    this.#hearing = new Promise((resolve) => {
      this.#subscriber.on('ready', () => void this.#subscribe().then(resolve))
    })
    this.#subscriber.on('message', (_channel, text) => this.#listeners.tellText(text))
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
      this.#warning.report(error)
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
    this.#warning.mute()
    clearInterval(this.#pings)
    this.#listeners.clear()
    this.#publisher.disconnect()
    this.#subscriber.disconnect()
  }

  #connect(url: string): Redis {
    const connection = new Redis(url, CONNECTION)
    connection.on('error', (error: unknown) => this.#warning.report(error))
    return connection
  }

  async #subscribe(): Promise<void> {
    try {
      await this.#subscriber.subscribe(this.#channel)
    } catch (error) {
      this.#warning.report(error)
      this.#subscriber.disconnect(true)
      return
    }
    if (this.#wasHearing) this.#listeners.tellMissed()
    this.#wasHearing = true
  }

  #ping(): void {
    for (const connection of [this.#publisher, this.#subscriber]) {
      if (connection.status === 'ready') connection.ping().catch(() => connection.disconnect(true))
    }
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
