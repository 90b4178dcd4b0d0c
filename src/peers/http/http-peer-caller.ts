import { once } from 'node:events'
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http'
import { AppError, reasonOf } from '../../base/app-error.js'
import type { Clock } from '../../base/clock.js'
import { PeerCaller, PeerGone, type PeerCall, type PeerValue } from '../peer-caller.js'
import { fromWireError, type AnswerLine } from './answer-line.js'
import { CALL_PATH, issueToken, lineMac, sameMac } from './call-token.js'
import { linesOf } from './lines-of.js'

const MAC_LENGTH = 64

export interface HttpPeerCallerOptions {
  /** `internal.key` of the installation. */
  readonly key: string
  readonly clock: Pick<Clock, 'now'>
  /** How long the other side may be silent; default 30 s. */
  readonly silenceMs?: number
}

/** One call under way. */
interface Outgoing {
  readonly address: string
  readonly nonce: string
  readonly sent: ClientRequest
  /** Why we ended it ourselves. */
  late?: AppError
  /** The answer came to its end: the connection may serve the next call. */
  complete: boolean
}

/** Calls over HTTP with a token for each call; every line of the answer is authenticated before it is used. */
export class HttpPeerCaller extends PeerCaller {
  readonly #options: HttpPeerCallerOptions
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64, maxFreeSockets: 8 })

  constructor(options: HttpPeerCallerOptions) {
    super()
    this.#options = options
  }

  override async *call(address: string, call: PeerCall, signal?: AbortSignal): AsyncIterable<PeerValue> {
    const isLeft = (): boolean => signal?.aborted === true
    if (isLeft()) return
    const outgoing = this.#send(address, call)
    const leave = (): unknown => outgoing.sent.destroy()
    signal?.addEventListener('abort', leave, { once: true })
    try {
      const [response] = (await once(outgoing.sent, 'response')) as [IncomingMessage]
      refuseStatus(response, address)
      yield* this.#values(response, outgoing)
    } catch (error) {
      if (isLeft()) return
      throw outgoing.late ?? broken(error, address)
    } finally {
      signal?.removeEventListener('abort', leave)
      // Also when the reader stops early: the other side then stops its work.
      if (!outgoing.complete) outgoing.sent.destroy()
    }
  }

  override async close(): Promise<void> {
    this.#agent.destroy()
  }

  #send(address: string, { method, body }: PeerCall): Outgoing {
    const { key, clock, silenceMs = 30_000 } = this.#options
    const text = JSON.stringify(body)
    const path = `${CALL_PATH}${method}`
    const token = issueToken(key, { verb: 'POST', address, path, body: text }, clock.now())
    const sent = request(new URL(path, address), {
      method: 'POST',
      agent: this.#agent,
      headers: {
        authorization: token.header,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      },
    })
    const outgoing: Outgoing = { address, nonce: token.nonce, sent, complete: false }
    sent.on('error', () => undefined)
    sent.setTimeout(silenceMs, () => {
      const message = `The worker at ${address} did not answer within ${silenceMs / 1000} seconds. Try again in a moment.`
      outgoing.late = new AppError('TIMEOUT', message, { retry: 'backoff' })
      sent.destroy()
    })
    sent.end(text)
    return outgoing
  }

  async *#values(response: IncomingMessage, outgoing: Outgoing): AsyncIterable<PeerValue> {
    let index = 0
    for await (const text of linesOf(response)) {
      const line = this.#authentic(text, { ...outgoing, index: index++ })
      if ('value' in line) {
        yield line.value
        continue
      }
      outgoing.complete = true
      response.resume()
      if ('error' in line) throw fromWireError(line.error)
      return
    }
    throw new PeerGone(`The worker at ${outgoing.address} broke off in the middle of its answer. Try again.`)
  }

  #authentic(
    text: string,
    call: { readonly nonce: string; readonly index: number; readonly address: string },
  ): AnswerLine {
    const json = text.slice(MAC_LENGTH + 1)
    const right = lineMac(this.#options.key, call.nonce, { index: call.index, text: json })
    if (!sameMac(text.slice(0, MAC_LENGTH), right)) {
      throw new AppError('INTERNAL', `The answer from ${call.address} is not one of this installation.`)
    }
    return JSON.parse(json) as AnswerLine
  }
}

function refuseStatus({ statusCode = 0 }: IncomingMessage, address: string): void {
  if (statusCode === 200) return
  if (statusCode !== 401) throw new PeerGone(`What answers at ${address} is no worker (HTTP ${statusCode}).`)
  throw new AppError(
    'INTERNAL',
    `The worker at ${address} refuses this process: internal.key differs between them, or their clocks differ by more than 30 seconds.`,
  )
}

function broken(error: unknown, address: string): AppError {
  if (error instanceof AppError) return error
  const message = `The worker at ${address} cannot be reached: ${reasonOf(error)}. Try again in a moment.`
  return new PeerGone(message, error)
}
