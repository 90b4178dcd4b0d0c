import { Client, type buildConnector } from 'undici'
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
 * One watch on a connection of its own, until the server ends it (returns) or it breaks (throws). An unfinished last
 * line is dropped: the next watch brings that event again.
 */
export async function* streamWatch(
  options: StreamOptions,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<readonly RawEvent[]> {
  const client = new Client(options.endpoint.origin, { connect: options.connect, pipelining: 1 })
  try {
    const { statusCode, headers, body } = await client.request({
      method: 'GET',
      path: `${options.endpoint.prefix}${path}`,
      headers: { ...options.headers, accept: 'application/json' },
      headersTimeout: HEADERS_MS,
      bodyTimeout: options.idleMs,
      signal,
    })
    if (statusCode !== 200) {
      const retryAfter = headers['retry-after']
      throw new WatchRefused({
        status: statusCode,
        body: await body.text(),
        retryAfter: String(retryAfter ?? ''),
      })
    }
    if (!String(headers['content-type'] ?? '').startsWith('application/json')) throw new BrokenLine()
    yield []
    const splitter = new LineSplitter()
    for await (const chunk of body) yield splitter.push(chunk as Buffer).map(parseEvent)
  } finally {
    // `close` would wait for a stream that may never end.
    void client.destroy()
  }
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
