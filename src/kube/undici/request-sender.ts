import { setTimeout as sleep } from 'node:timers/promises'
import { Pool, type buildConnector } from 'undici'
import { AppError } from '../../base/app-error.js'
import { AdaptiveLimit } from './adaptive-limit.js'
import { failedBeforeSending, networkCode, toUnreachable } from './connect-failure.js'
import type { Endpoint } from './connection-options.js'
import { exchange, headerOf, type Answer } from './exchange.js'
import { retryAfterOf, toAppError, type RequestSubject } from './to-app-error.js'

/** Lease arithmetic (design): a write begins and ends on the server within this time of the call. */
export const REQUEST_MS = 8000
/** A read may also wait this long for its turn. */
const READ_WAIT_MS = 60_000
/** The server gives up at `?timeout=`; we wait a little longer for it to say so. */
const GRACE_MS = 1500
const LEAST_MS = 500
const LONGEST_PAUSE_S = 120
const CONNECTIONS = 32
const REFUSED_SECONDS = 2

export interface KubeRequest {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'PUT' | 'DELETE'
  /** Path and query below the server's address; `timeout` is added. */
  readonly path: string
  readonly subject: RequestSubject
  readonly accept?: string
  readonly body?: string
  readonly contentType?: string
  /** How long the server may take; default 8 s, and never more than that for a write. */
  readonly timeoutMs?: number
}

export interface SenderOptions {
  /** Why nothing may be written now; asked when a write is called for and again right before it is sent. */
  readonly refuseWrite?: (() => string | undefined) | undefined
  readonly onAnswer?: ((method: string, status: number) => void) | undefined
  readonly endpoint: Endpoint
  readonly connect: buildConnector.connector
  readonly headers: Readonly<Record<string, string | string[]>>
}

type Wait = 'ready' | 'expired'

/**
 * Sends requests to one cluster over keep-alive connections. Obeys 429 for the whole cluster, adapts concurrency, and
 * lets a write wait only as long as its own time allows, so that nothing is written long after it was decided.
 */
export class RequestSender {
  private readonly pool: Pool
  private readonly options: SenderOptions
  private readonly limit = new AdaptiveLimit(() => performance.now())
  private readonly writing = new Set<Promise<unknown>>()
  private pausedUntil = 0

  constructor(options: SenderOptions) {
    this.options = options
    this.pool = new Pool(options.endpoint.origin, {
      connections: CONNECTIONS,
      pipelining: 1,
      connect: options.connect,
      keepAliveTimeout: 60_000,
      keepAliveMaxTimeout: 80_000,
    })
  }

  /** The answer when it is 2xx, else the error of the contract. */
  async sendOk(request: KubeRequest): Promise<Answer> {
    const answer = await this.send(request)
    if (answer.status >= 200 && answer.status < 300) return answer
    throw this.failure(answer, request.subject)
  }

  /** Any answer but 429; throws when there is none. */
  async send(request: KubeRequest): Promise<Answer> {
    const deadline = performance.now() + (request.subject.write ? REQUEST_MS : READ_WAIT_MS)
    let broken = 0
    this.refuse(request.subject)
    for (;;) {
      if ((await this.turn(deadline)) === 'expired') throw this.tooBusy(request.subject)
      const result = await this.attempt(request, deadline)
      if ('status' in result && result.status !== 429) return result
      if ('status' in result) continue
      broken += 1
      if (request.subject.write || broken > 1 || !isStaleConnection(result.error))
        throw toUnreachable(result.error, request.subject)
    }
  }

  failure(answer: Answer, subject: RequestSubject): AppError {
    const after = retryAfterOf(headerOf(answer, 'retry-after'), answer.body)
    const retry = after === undefined ? {} : { retryAfterSeconds: after }
    return toAppError({ status: answer.status, body: answer.body, ...retry }, subject)
  }

  /** Called by whoever talks past the pool (watches) when the server said 429. */
  pause(seconds: number): void {
    const until = performance.now() + Math.min(seconds, LONGEST_PAUSE_S) * 1000
    this.pausedUntil = Math.max(this.pausedUntil, until)
  }

  /** Milliseconds during which the server wants no request. */
  pauseLeft(): number {
    return Math.max(0, this.pausedUntil - performance.now())
  }

  /** A write that was sent is waited for: whoever comes after us finds it done. */
  async close(): Promise<void> {
    await Promise.allSettled(this.writing)
    await this.pool.destroy()
  }

  private async turn(deadline: number): Promise<Wait> {
    for (;;) {
      const pause = this.pauseLeft()
      if (performance.now() + pause > deadline - LEAST_MS) return 'expired'
      if (pause > 0) await sleep(pause)
      const queued = this.limit.enter()
      if (queued !== undefined) await queued
      const inTime = performance.now() <= deadline - LEAST_MS
      if (this.pauseLeft() === 0 && inTime) return 'ready'
      this.limit.leave(undefined)
    }
  }

  private async attempt(request: KubeRequest, deadline: number): Promise<Answer | { error: unknown }> {
    const left = Math.min(request.timeoutMs ?? REQUEST_MS, Math.floor(deadline - performance.now()))
    this.refuseInTurn(request.subject)
    const sent = exchange(this.pool, this.toDispatch(request, left), left + GRACE_MS)
    this.track(request.subject, sent)
    try {
      const answer = await sent
      this.options.onAnswer?.(request.method, answer.status)
      this.limit.leave(answer.status === 429 || answer.status === 503 || answer.status === 504)
      if (answer.status === 429) this.pause(retryAfterOf(headerOf(answer, 'retry-after'), answer.body) ?? 1)
      return answer
    } catch (error) {
      this.options.onAnswer?.(request.method, 0)
      this.limit.leave(networkCode(error).endsWith('TIMEOUT') ? true : undefined)
      return { error }
    }
  }

  private refuse({ write, action, clusterId }: RequestSubject): void {
    const reason = write ? this.options.refuseWrite?.() : undefined
    if (reason === undefined) return
    const message = `Cannot ${action} on cluster "${clusterId}": ${reason} Nothing was sent; it is tried again by itself.`
    throw new AppError('UPSTREAM_CLUSTER', message, { retry: { afterSeconds: REFUSED_SECONDS } })
  }

  /** It waited for its turn: what was permitted then may not be now. */
  private refuseInTurn(subject: RequestSubject): void {
    try {
      this.refuse(subject)
    } catch (error) {
      this.limit.leave(undefined)
      throw error
    }
  }

  private track(subject: RequestSubject, sent: Promise<unknown>): void {
    if (!subject.write) return
    const write = sent.catch(() => undefined).finally(() => this.writing.delete(write))
    this.writing.add(write)
  }

  private toDispatch(request: KubeRequest, timeoutMs: number) {
    const { endpoint, headers } = this.options
    const separator = request.path.includes('?') ? '&' : '?'
    const type = request.contentType === undefined ? {} : { 'content-type': request.contentType }
    return {
      method: request.method,
      path: `${endpoint.prefix}${request.path}${separator}timeout=${timeoutMs}ms`,
      headers: { ...headers, accept: request.accept ?? 'application/json', ...type },
      body: request.body ?? null,
    }
  }

  private tooBusy(subject: RequestSubject): AppError {
    const seconds = Math.max(1, Math.ceil(this.pauseLeft() / 1000))
    const message = `Cannot ${subject.action} on cluster "${subject.clusterId}": it was not sent, because the server is busy. It is tried again in ${seconds} s.`
    return new AppError('RATE_LIMITED', message, { retry: { afterSeconds: seconds } })
  }
}

/** A kept connection that the server closed meanwhile: worth one more try when nothing can be written twice. */
function isStaleConnection(error: unknown): boolean {
  const code = networkCode(error)
  return (
    !failedBeforeSending(error) && (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE')
  )
}
