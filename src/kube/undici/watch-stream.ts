import { Client, type buildConnector, type Dispatcher } from 'undici'
import type { Manifest } from '../../engine/manifest/manifest.js'
import type { Endpoint } from './connection-options.js'
import { LineSplitter } from './line-splitter.js'

const HEADERS_MS = 10_000

export interface StreamOptions {
  readonly endpoint: Endpoint
  readonly connect: buildConnector.connector
  readonly headers: Readonly<Record<string, string | string[]>>
  /** No byte for this long: the stream is dead. */
  readonly idleMs: number
  readonly refuseWrite?: (() => string | undefined) | undefined
  /** Told of each request: its method, and the status of the answer (0 without one). */
  readonly onAnswer?: ((method: string, status: number) => void) | undefined
}

export interface RawEvent {
  readonly type: string
  readonly object: Manifest
}

/** The server refused the watch, or ended it with an ERROR event. */
export class WatchRefused extends Error {
  readonly status: number
  readonly body: string
  readonly retryAfter: string | undefined

  constructor(answer: { status: number; body: string; retryAfter?: string | undefined }) {
    super(`the server answered ${answer.status}`)
    this.name = 'WatchRefused'
    this.status = answer.status
    this.body = answer.body
    this.retryAfter = answer.retryAfter
  }
}

export class BrokenLine extends Error {
  constructor() {
    super('a line of the watch is not an event')
    this.name = 'BrokenLine'
  }
}

/**
 * One connection for the watches of one scope, one after the other. A watch that ended properly leaves it open, so the
 * next needs no handshake; after anything else it is dropped.
 */
export class WatchConnection {
  private readonly options: StreamOptions
  private client: Client | undefined

  constructor(options: StreamOptions) {
    this.options = options
  }

  /**
   * Events, chunk by chunk (first an empty one, when the server accepted), until the server ends the watch (returns)
   * or it breaks (throws). An unfinished last line is left out: the next watch brings that event again.
   */
  async *watch(path: string, signal: AbortSignal): AsyncGenerator<readonly RawEvent[]> {
    let ended = false
    try {
      const body = await this.open(path, signal)
      yield []
      const splitter = new LineSplitter()
      for await (const chunk of body) yield splitter.push(chunk as Buffer).map(parseEvent)
      ended = true
    } finally {
      if (!ended) this.close()
    }
  }

  close(): void {
    // Gracefully would be to wait for a stream that may never end.
    void this.client?.destroy()
    this.client = undefined
  }

  private async open(path: string, signal: AbortSignal): Promise<AsyncIterable<unknown>> {
    const { endpoint, connect, headers, idleMs } = this.options
    this.client ??= new Client(endpoint.origin, { connect, pipelining: 1 })
    const answer = await this.client.request({
      method: 'GET',
      path: `${endpoint.prefix}${path}`,
      headers: { ...headers, accept: 'application/json' },
      headersTimeout: HEADERS_MS,
      bodyTimeout: idleMs,
      signal,
    })
    if (answer.statusCode !== 200) throw await toRefused(answer)
    if (!String(answer.headers['content-type'] ?? '').startsWith('application/json')) throw new BrokenLine()
    return answer.body
  }
}

async function toRefused({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<WatchRefused> {
  const retryAfter = String(headers['retry-after'] ?? '')
  return new WatchRefused({ status: statusCode, body: await body.text(), retryAfter })
}

function parseEvent(line: string): RawEvent {
  let event: Partial<RawEvent> | null
  try {
    event = JSON.parse(line) as Partial<RawEvent> | null
  } catch {
    throw new BrokenLine()
  }
  const { type, object } = event ?? {}
  if (type === undefined || typeof object !== 'object' || object === null) throw new BrokenLine()
  return { type, object }
}
