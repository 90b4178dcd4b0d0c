import pg from 'pg'
import { reasonOf } from '../../base/app-error.js'
import type { Logger } from '../../base/logger.js'
import { EventBus, type BusEvent, type EventOf, type Topic } from '../event-bus.js'
import { eventOf, textsOf } from '../event-text.js'
import { Listeners } from '../listeners.js'
import { Listening } from './listening.js'

export interface PostgresBusOptions {
  readonly connectionString: string
  readonly logger: Logger
  /** Default `lockstep_events`. */
  readonly channel?: string
}

/** Postgres refuses notifications of 8,000 bytes and more. */
const MOST_BYTES = 7_900
const ANSWER_MS = 3_000
const LOG_EVERY_MS = 10_000

/** Events between processes by LISTEN and NOTIFY. While Postgres is away only this process hears its own events. */
export class PostgresBus extends EventBus {
  readonly #channel: string
  readonly #logger: Logger
  readonly #listeners: Listeners
  readonly #pool: pg.Pool
  readonly #listening: Listening
  readonly #hearing: Promise<void>
  #loggedAt = -LOG_EVERY_MS
  #closed = false

  /** Opens at once, whether Postgres answers or not. */
  constructor({ connectionString, logger, channel }: PostgresBusOptions) {
    super()
    this.#channel = channel ?? 'lockstep_events'
    this.#logger = logger
    this.#listeners = new Listeners(logger)
    this.#pool = new pg.Pool({
      connectionString,
      max: 2,
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
      application_name: 'lockstep-events',
    })
    this.#pool.on('error', (error) => this.#report(error))
    const first = Promise.withResolvers<void>()
    this.#hearing = first.promise
    let wasListening = false
    this.#listening = new Listening({
      connectionString,
      channel: this.#channel,
      onText: (text) => this.#tell(text),
      onError: (error) => this.#report(error),
      onListening: () => {
        if (wasListening) this.#listeners.tellMissed()
        wasListening = true
        first.resolve()
      },
    })
  }

  /** Resolves once this process hears what others publish. */
  hears(): Promise<void> {
    return this.#hearing
  }

  override async publish(event: BusEvent): Promise<void> {
    if (this.#closed) return
    try {
      await this.#pool.query({
        name: 'notify',
        text: 'SELECT pg_notify($1, text) FROM unnest($2::text[]) AS t(text)',
        values: [this.#channel, textsOf(event, MOST_BYTES)],
      })
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
    if (this.#closed) return
    this.#closed = true
    this.#listeners.clear()
    await Promise.all([this.#listening.close(), this.#pool.end()])
  }

  #tell(text: string): void {
    const event = eventOf(text)
    if (event !== undefined) this.#listeners.tell(event)
  }

  #report(error: unknown): void {
    const now = performance.now()
    if (this.#closed || now - this.#loggedAt < LOG_EVERY_MS) return
    this.#loggedAt = now
    this.#logger.warn('Events do not reach other processes now', { reason: reasonOf(error) })
  }
}
