import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool, type Dispatcher } from 'undici'

/** What becomes of one line of a watch: what is sent for it, and how the stream goes on. */
export interface LineLie {
  readonly send: readonly string[]
  /** `end`: a proper end; `reset`: the socket is cut. */
  readonly after?: 'end' | 'reset'
  /** Leaves out the newline after the last line sent. */
  readonly unfinished?: boolean
  /** Waits before it is sent. */
  readonly delayMs?: number
}

/** Applies to requests whose path and query match; the first lie that matches wins. */
export interface Lie {
  readonly path: RegExp
  readonly method?: string
  /** Ends after this many uses; default: until it is withdrawn. */
  readonly times?: number
  /** Sent instead of the server's answer; the server is not asked. */
  readonly answer?: {
    readonly status: number
    readonly headers?: Readonly<Record<string, string>>
    readonly body: string
  }
  /** The server is not asked: the socket is cut, or nothing is ever answered. */
  readonly silence?: 'reset' | 'hang'
  /** Told of each use, and decides whether it is one: false leaves the request alone. */
  readonly used?: (request: SeenRequest) => boolean
  /** Waits before the server is asked. */
  readonly delayMs?: number
  /** Asks the server; then the socket is cut, or its answer is never passed on. */
  readonly after?: 'reset' | 'hang'
  /** Asks the server, then answers with this status although it acted. */
  readonly statusAfter?: number
  /** Replaces request headers. */
  readonly ask?: Readonly<Record<string, string>>
  /** Changes a whole answer. */
  readonly rewrite?: (body: string) => string
  /** Changes a watch line by line. */
  readonly line?: (line: string) => LineLie
}

export interface SeenRequest {
  /** Monotonic milliseconds. */
  readonly at: number
  readonly method: string
  readonly path: string
  /** Who asks, as it says itself. */
  readonly agent: string
  /** Of the answer that was passed on; absent while there is none. */
  status?: number
}

/** The API server behind it; with `tls` the proxy itself is asked by TLS, with this certificate. */
export interface ProxyTarget {
  readonly server: string
  readonly caPem: string
  readonly tls?: { readonly key: string; readonly cert: string }
}

export interface LyingProxy {
  /** `http://127.0.0.1:…`, or `https:` when it has a certificate. */
  readonly server: string
  readonly requests: readonly SeenRequest[]
  /** Starts a lie; returns how to withdraw it. */
  tell(lie: Lie): () => void
  /** Withdraws all lies. */
  beTruthful(): void
  /** Forgets the requests seen so far. */
  forget(): void
  /** Cuts every connection now open; answers how many. */
  cut(): number
  close(): Promise<void>
}

/** A proxy before an API server that answers truly until it is told to lie. */
export async function startLyingProxy(target: ProxyTarget): Promise<LyingProxy> {
  const upstream = new Pool(target.server, { connections: 64, allowH2: false, connect: { ca: target.caPem } })
  const lies = new Map<Lie, number>()
  const requests: SeenRequest[] = []
  const sockets = new Set<Socket>()
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = '', url = '', headers } = request
    const seen: SeenRequest = { at: performance.now(), method, path: url, agent: headers['user-agent'] ?? '' }
    requests.push(seen)
    response.once('finish', () => (seen.status = response.statusCode))
    forward(upstream, { request, response, lie: pick(lies, seen) }).catch(() => request.socket.destroy())
  }
  const server: Server = target.tls === undefined ? createServer(answer) : createTlsServer(target.tls, answer)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = (): number => {
    const open = sockets.size
    for (const socket of sockets) abort(socket)
    return open
  }
  return {
    server: `http${target.tls === undefined ? '' : 's'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    forget: () => void requests.splice(0),
    tell: (lie) => {
      lies.set(lie, lie.times ?? Infinity)
      return () => lies.delete(lie)
    },
    beTruthful: () => lies.clear(),
    cut,
    close: async () => {
      cut()
      await stop(server)
      await upstream.destroy()
    },
  }
}

/** By RST; below TLS the socket cannot be reset, only closed without a farewell. */
function abort(socket: Socket): void {
  if ('encrypted' in socket) socket.destroy()
  else socket.resetAndDestroy()
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

function pick(lies: Map<Lie, number>, request: SeenRequest): Lie | undefined {
  const { method, path } = request
  for (const [lie, left] of lies) {
    if (left <= 0 || !lie.path.test(path) || (lie.method ?? method) !== method) continue
    if (lie.used?.(request) === false) continue
    lies.set(lie, left - 1)
    return lie
  }
  return undefined
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly lie: Lie | undefined
}

async function forward(upstream: Pool, exchange: Exchange): Promise<void> {
  const { request, response, lie } = exchange
  const body = await text(request)
  if (lie?.silence === 'reset') abort(request.socket)
  if (lie?.silence !== undefined) return
  if (lie?.answer !== undefined) return say(response, lie.answer)
  if (lie?.delayMs !== undefined) await sleep(lie.delayMs)
  await relate(await ask(upstream, exchange, body), exchange)
}

async function relate(answer: Dispatcher.ResponseData, { request, response, lie }: Exchange): Promise<void> {
  if (lie?.after !== undefined) return lose(answer, request, lie.after)
  const isWatch = /[?&]watch=/.test(request.url ?? '')
  await (isWatch ? relay(answer, response, lie) : pass(answer, response, lie))
}

async function pass(
  answer: Dispatcher.ResponseData,
  response: ServerResponse,
  lie: Lie | undefined,
): Promise<void> {
  const whole = await answer.body.text()
  const body = lie?.statusAfter === undefined ? whole : ''
  response.writeHead(lie?.statusAfter ?? answer.statusCode, keptOf(answer)).end(lie?.rewrite?.(body) ?? body)
}

/** The server acted, and nobody hears of it. */
async function lose(
  answer: Dispatcher.ResponseData,
  request: IncomingMessage,
  how: 'reset' | 'hang',
): Promise<void> {
  await answer.body.dump()
  if (how === 'reset') request.socket.destroy()
}

function keptOf(answer: Dispatcher.ResponseData): Dispatcher.ResponseData['headers'] {
  return without(answer.headers, ['transfer-encoding', 'content-length'])
}

function say(response: ServerResponse, { status, headers, body }: NonNullable<Lie['answer']>): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}

function ask(
  upstream: Pool,
  { request, response, lie }: Exchange,
  body: string,
): Promise<Dispatcher.ResponseData> {
  const stopped = new AbortController()
  response.on('close', () => stopped.abort())
  return upstream.request({
    method: request.method as 'GET',
    path: request.url ?? '/',
    headers: { ...without(request.headers, ['connection', 'host', 'content-length']), ...lie?.ask },
    body: body === '' ? null : body,
    signal: stopped.signal,
  })
}

function without<T extends object>(headers: T, names: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name))) as Partial<T>
}

async function relay(
  answer: Dispatcher.ResponseData,
  response: ServerResponse,
  lie: Lie | undefined,
): Promise<void> {
  response.writeHead(answer.statusCode, keptOf(answer)).flushHeaders()
  for await (const line of linesOf(answer.body)) {
    const said = lie?.line?.(line) ?? { send: [line] }
    if (said.delayMs !== undefined) await sleep(said.delayMs)
    const end = said.send.length === 0 || said.unfinished === true ? '' : '\n'
    response.write(said.send.join('\n') + end)
    if (said.after === 'end') break
    // What was written before shall arrive before the cut.
    if (said.after === 'reset') return void setTimeout(() => response.socket && abort(response.socket), 10)
  }
  response.end()
}

async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of body) {
    const parts = (rest + chunk.toString('utf8')).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
}
