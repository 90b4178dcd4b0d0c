import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError } from '../../base/app-error.js'
import type { Clock } from '../../base/clock.js'
import type { Logger } from '../../base/logger.js'
import type { PeerAnswers, PeerValue } from '../peer-caller.js'
import { toWireError, type AnswerLine } from './answer-line.js'
import { bodyHash, CALL_PATH, lineMac, SpentTokens, verifyToken, type VerifiedToken } from './call-token.js'

/** A sealed kubeconfig with its certificates is the largest question. */
const MAX_BODY = 1_048_576

export interface HttpPeerServerOptions {
  readonly key: string
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Where others reach it, e.g. `http://10.0.0.7:7070`; default: host and port as bound. */
  readonly address?: string
  readonly clock: Pick<Clock, 'now'>
  readonly logger: Logger
}

/** Answers the calls of peers. A request without a token for exactly this call is refused before its body is read. */
export class HttpPeerServer {
  readonly #options: HttpPeerServerOptions
  readonly #server: Server
  readonly #spent = new SpentTokens()
  #answers: PeerAnswers = {}
  #address = ''

  private constructor(options: HttpPeerServerOptions) {
    this.#options = options
    this.#server = createServer({ maxHeaderSize: 8_192, requestTimeout: 30_000, headersTimeout: 10_000 })
    this.#server.on('request', (request, response) => void this.#take(request, response))
  }

  /** Listens; until `answer` is called everything is refused. Throws CONFLICT when the port is taken. */
  static async listen(options: HttpPeerServerOptions): Promise<HttpPeerServer> {
    const peer = new HttpPeerServer(options)
    const { host, port } = options
    const failed = once(peer.#server, 'error').then(([error]: unknown[]) => {
      const message = `Cannot listen for other processes on ${host}:${port}: ${String(error)}. Choose another one with internal.port.`
      throw new AppError('CONFLICT', message)
    })
    peer.#server.listen(port, host)
    await Promise.race([once(peer.#server, 'listening'), failed])
    failed.catch(() => undefined)
    peer.#server.on('error', (error) =>
      options.logger.warn('the server for other processes failed', { error }),
    )
    const bound = (peer.#server.address() as AddressInfo).port
    peer.#address = options.address ?? `http://${host.includes(':') ? `[${host}]` : host}:${bound}`
    return peer
  }

  /** As it is announced to the others. */
  get address(): string {
    return this.#address
  }

  answer(answers: PeerAnswers): void {
    this.#answers = answers
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const token = this.#verified(request)
      if (token === undefined) return refuse(request, response, 401)
      const body = await readBody(request)
      if (body === undefined) return refuse(request, response, 413)
      if (bodyHash(body) !== token.bodyHash) return refuse(request, response, 401)
      const left = new AbortController()
      response.on('close', () => left.abort())
      await this.#stream(response, token.nonce, this.#values(request.url ?? '', body, left.signal))
    } catch (error) {
      this.#options.logger.warn('a call of another process broke', { error })
      response.destroy()
    }
  }

  #verified(request: IncomingMessage): VerifiedToken | undefined {
    const { key, clock } = this.#options
    const { method: verb = '', url: path = '', headers } = request
    const now = clock.now()
    const facts = { verb, path, address: this.#address, header: headers.authorization }
    const token = verb === 'POST' && path.startsWith(CALL_PATH) ? verifyToken(key, facts, now) : undefined
    return token !== undefined && this.#spent.spend(token.nonce, now) ? token : undefined
  }

  async *#values(path: string, body: Buffer, left: AbortSignal): AsyncIterable<PeerValue> {
    const method = path.slice(CALL_PATH.length)
    const answer = Object.hasOwn(this.#answers, method) ? this.#answers[method] : undefined
    if (answer === undefined) {
      throw new AppError('NOT_FOUND', `This process does not answer "${method}": it is of another release.`)
    }
    yield* answer(JSON.parse(body.toString('utf8')) as PeerValue, left)
  }

  /** Ends early, and so does the work behind it, when the caller hangs up. */
  async #stream(response: ServerResponse, nonce: string, values: AsyncIterable<PeerValue>): Promise<void> {
    let index = 0
    const write = async (line: AnswerLine): Promise<void> => {
      const text = JSON.stringify(line)
      const mac = lineMac(this.#options.key, nonce, { index: index++, text })
      if (!response.write(`${mac} ${text}\n`)) await drained(response)
    }
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
    try {
      for await (const value of values) {
        if (response.destroyed) return
        await write({ value })
      }
      await write({ end: true })
    } catch (error) {
      if (!(error instanceof AppError)) this.#options.logger.error('a call could not be answered', { error })
      await write({ error: toWireError(error) })
    }
    response.end()
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  response.writeHead(status, { connection: 'close' }).end()
  request.resume()
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_BODY) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return
  await Promise.race([once(response, 'drain'), once(response, 'close')])
}
