import pg from 'pg'

export interface ListeningOptions {
  readonly connectionString: string
  readonly channel: string
  readonly onText: (text: string) => void
  /** Listens, for the first time or again. */
  readonly onListening: () => void
  readonly onError: (error: unknown) => void
}

const RETRY_MS = { first: 100, most: 2_000 }
/** A wire that is dead without a word is found by asking. */
const PING_EVERY_MS = 10_000
const ANSWER_MS = 5_000

/** One connection that listens to a channel, made again whenever it breaks. */
export class Listening {
  readonly #options: ListeningOptions
  readonly #pings: NodeJS.Timeout
  #client: pg.Client | undefined
  #retry: NodeJS.Timeout | undefined
  #failures = 0
  #closed = false

  constructor(options: ListeningOptions) {
    this.#options = options
    this.#pings = setInterval(() => void this.#ping(), PING_EVERY_MS).unref()
    void this.#connect()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#pings)
    clearTimeout(this.#retry)
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => undefined)
  }

  async #connect(): Promise<void> {
    const { connectionString, channel, onText, onListening } = this.#options
    const client = new pg.Client({
      connectionString,
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
      application_name: 'lockstep-events',
    })
    this.#client = client
    client.on('notification', ({ payload }) => onText(payload ?? ''))
    client.on('error', (error) => this.#broken(client, error))
    client.on('end', () => this.#broken(client, new Error('the connection ended')))
    try {
      await client.connect()
      await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
    } catch (error) {
      this.#broken(client, error)
      return
    }
    this.#failures = 0
    if (this.#client === client) onListening()
  }

  #broken(client: pg.Client, error: unknown): void {
    if (this.#client !== client || this.#closed) return
    this.#client = undefined
    this.#options.onError(error)
    client.removeAllListeners('notification')
    client.end().catch(() => undefined)
    const wait = Math.min(RETRY_MS.first * 2 ** this.#failures, RETRY_MS.most)
    this.#failures += 1
    this.#retry = setTimeout(() => void this.#connect(), wait).unref()
  }

  async #ping(): Promise<void> {
    const client = this.#client
    try {
      await client?.query('SELECT 1')
    } catch (error) {
      if (client !== undefined) this.#broken(client, error)
    }
  }
}
