import { Client } from 'undici'
import { AppError } from '../../base/app-error.js'
import type { ResourceKey } from '../../engine/manifest/resource-key.js'
import type { LogOptions } from '../cluster.js'
import { toUnreachable } from './connect-failure.js'
import { objectPath } from './resource-path.js'
import { toAppError, type RequestSubject } from './to-app-error.js'
import type { StreamOptions } from './watch-stream.js'

const HEADERS_MS = 10_000
/** What is longer arrives in pieces: no line fills the memory. */
const LONGEST_PIECE = 64 * 1024
const PODS = { group: '', kind: 'Pod', version: 'v1', plural: 'pods', namespaced: true, verbs: [] }

interface LogSource {
  readonly stream: StreamOptions
  readonly pod: Pick<ResourceKey, 'namespace' | 'name'>
  readonly subject: RequestSubject
}

/**
 * Reads one log over a connection of its own: one that is followed lasts for hours and must not take a place from the
 * requests. Bytes are pulled as lines are taken.
 */
export async function* logLines(
  source: LogSource,
  options: LogOptions,
  signal: AbortSignal,
): AsyncIterable<string> {
  const { endpoint, connect } = source.stream
  const client = new Client(endpoint.origin, { connect, pipelining: 1 })
  try {
    yield* textLines(await open(client, source, { options, signal }))
  } catch (error) {
    if (signal.aborted) return
    throw error instanceof AppError ? error : toUnreachable(error, source.subject)
  } finally {
    void client.destroy()
  }
}

async function open(
  client: Client,
  { stream, pod, subject }: LogSource,
  { options, signal }: { readonly options: LogOptions; readonly signal: AbortSignal },
): Promise<AsyncIterable<Buffer>> {
  const path = `${objectPath(PODS, pod.namespace, pod.name)}/log?${queryOf(options)}`
  const answer = await client.request({
    method: 'GET',
    path: `${stream.endpoint.prefix}${path}`,
    headers: { ...stream.headers, accept: '*/*' },
    headersTimeout: HEADERS_MS,
    // Nobody has to write a line.
    bodyTimeout: 0,
    signal,
  })
  stream.onAnswer?.('GET', answer.statusCode)
  if (answer.statusCode === 200) return answer.body
  throw toAppError({ status: answer.statusCode, body: await answer.body.text() }, subject)
}

function queryOf(options: LogOptions): string {
  const query = new URLSearchParams({ container: options.container, timestamps: 'true' })
  if (options.follow === true) query.set('follow', 'true')
  if (options.previous === true) query.set('previous', 'true')
  if (options.sinceSeconds !== undefined) query.set('sinceSeconds', String(options.sinceSeconds))
  if (options.sinceTime !== undefined) query.set('sinceTime', options.sinceTime)
  if (options.tailLines !== undefined) query.set('tailLines', String(options.tailLines))
  return query.toString()
}

async function* textLines(body: AsyncIterable<Buffer>): AsyncIterable<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
    if (rest.length > LONGEST_PIECE) {
      yield rest
      rest = ''
    }
  }
  if (rest !== '') yield rest
}
