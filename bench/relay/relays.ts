import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { Socket } from 'node:net'
import { Transform, pipeline } from 'node:stream'
import { Pool } from 'undici'
import type { RelaySetup, Upstream } from './messages.js'

const IDENTITY = '/api/v1/namespaces/kube-system'
const CONNECTIONS = 512

/**
 * Makes one API server look like many: every address answers with a `kube-system` of its own, because that is what
 * tells clusters apart. An address can fall silent, as when a network drops every packet.
 */
export class Relays {
  private readonly silent = new Set<string>()
  private readonly sockets = new Map<string, Set<Socket>>()
  private readonly seen = new Map<string, number>()

  async open({ addresses, port, upstreams }: RelaySetup): Promise<void> {
    const pools = upstreams.map((upstream) => ({ upstream, pool: poolOf(upstream) }))
    const opened = addresses.map((address, index) => {
      const behind = pools[index % pools.length]
      if (behind === undefined) throw new Error('Cannot relay: no API server was named')
      return this.listen(address, port, behind)
    })
    await Promise.all(opened)
  }

  swallow(address: string): void {
    this.silent.add(address)
    for (const socket of this.sockets.get(address) ?? []) socket.pause()
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.seen)
  }

  private listen(address: string, port: number, behind: Behind): Promise<void> {
    const sockets = new Set<Socket>()
    this.sockets.set(address, sockets)
    const server = createServer({ requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
      if (this.silent.has(address)) return
      this.note(request)
      this.forward({ request, response, address }, behind).catch(() => response.destroy())
    })
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => undefined)
    })
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, address, () => resolve())
    })
  }

  private note({ method = 'GET', url = '' }: IncomingMessage): void {
    const verb = /[?&]watch=(true|1)/.test(url) ? 'WATCH' : method
    this.seen.set(verb, (this.seen.get(verb) ?? 0) + 1)
  }

  private async forward({ request, response, address }: Exchange, { pool, upstream }: Behind): Promise<void> {
    const stopped = new AbortController()
    response.on('close', () => stopped.abort())
    const {
      connection: _connection,
      host: _host,
      'transfer-encoding': _encoding,
      ...headers
    } = request.headers
    const answer = await pool.request({
      method: request.method as 'GET',
      path: request.url ?? '/',
      headers: { ...headers, authorization: `Bearer ${upstream.token}` },
      body: request.method === 'GET' ? null : request,
      signal: stopped.signal,
    })
    const { 'content-length': _length, 'transfer-encoding': _chunked, ...kept } = answer.headers
    response.writeHead(answer.statusCode, kept)
    if (request.method === 'GET' && request.url?.split('?')[0] === IDENTITY) {
      response.end(withOwnUid(await answer.body.text(), address))
      return
    }
    response.flushHeaders()
    // An end of one side is the end of the other; there is nobody to tell.
    pipeline(answer.body, this.gate(address), response, () => undefined)
  }

  /** What is under way when an address falls silent does not arrive any more either. */
  private gate(address: string): Transform {
    return new Transform({
      transform: (chunk, _encoding, pass) => (this.silent.has(address) ? pass() : pass(null, chunk)),
    })
  }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly address: string
}

interface Behind {
  readonly upstream: Upstream
  readonly pool: Pool
}

function poolOf({ server, caPem }: Upstream): Pool {
  return new Pool(server, {
    connections: CONNECTIONS,
    allowH2: false,
    connect: { ca: caPem },
    bodyTimeout: 0,
    headersTimeout: 0,
  })
}

/** The last digits are those of the address. */
function withOwnUid(text: string, address: string): string {
  const namespace = JSON.parse(text) as { metadata?: { uid?: string } }
  const own = address
    .split('.')
    .map((part) => part.padStart(3, '0'))
    .join('')
  const uid = namespace.metadata?.uid ?? ''
  return JSON.stringify({
    ...namespace,
    metadata: { ...namespace.metadata, uid: `${uid.slice(0, -12)}${own}` },
  })
}
