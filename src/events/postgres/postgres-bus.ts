import pg from 'pg'
import type { Logger } from '../../base/logger.js'
import type { RareWarning } from '../../base/rare-warning.js'
import { EventBus, type BusEvent, type EventOf, type Topic } from '../event-bus.js'
import { textsOf } from '../event-text.js'
import { Listeners, notHeard } from '../listeners.js'
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

/** Events between processes by LISTEN and NOTIFY. While Postgres is away only this process hears its own events. */
export class PostgresBus extends EventBus {
  readonly #channel: string
  readonly #warning: RareWarning
  readonly #listeners: Listeners
  readonly #pool: pg.Pool
  readonly #listening: Listening
  readonly #hearing: Promise<void>
  #closed = false

  /** Opens at once, whether Postgres answers or not. */
  constructor({ connectionString, logger, channel }: PostgresBusOptions) {
    super()
    this.#channel = channel ?? 'lockstep_events'
    this.#warning = notHeard(logger)
    this.#listeners = new Listeners(logger)
    this.#pool = new pg.Pool({
      connectionString,
      max: 2,
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
      application_name: 'lockstep-events',
    })
    this.#pool.on('error', (error) => this.#warning.report(error))
    const first = Promise.withResolvers<void>()
    this.#hearing = first.promise
    let wasListening = false
    this.#listening = new Listening({
      connectionString,
      channel: this.#channel,
      onText: (text) => this.#listeners.tellText(text),
      onError: (error) => this.#warning.report(error),
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
    if (this.#closed) return
    this.#closed = true
    this.#warning.mute()
    this.#listeners.clear()
    await Promise.all([this.#listening.close(), this.#pool.end()])
  }
}
