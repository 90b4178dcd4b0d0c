import { setTimeout as sleep } from 'node:timers/promises'
import { CliError } from './cli-error.js'

export interface ServerAddress {
  /** With scheme, without a slash at the end. */
  readonly url: string
  readonly token?: string
  /** Accept any certificate. */
  readonly allowInsecureTls: boolean
}

export interface UserError {
  readonly code: string
  readonly message: string
}

interface Body {
  readonly data?: unknown
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[]
}

const TIMEOUT_MS = 60_000
/** A gateway that is being restarted answers again within these. */
const RETRY_AFTER_MS: readonly number[] = [250, 500, 1_000, 2_000, 4_000]

/** There was no answer: whether the request was carried out is unknown. */
class Unanswered extends CliError {}

/** GraphQL over HTTP. Every failure becomes a CliError that says what to try. */
export class GraphqlClient {
  readonly address: ServerAddress
  private readonly retryAfterMs: readonly number[]

  constructor(address: ServerAddress, retryAfterMs = RETRY_AFTER_MS) {
    this.address = address
    this.retryAfterMs = retryAfterMs
  }

  /** The `data` of the answer. The caller names its shape; the server's schema is what makes it true. */
  async ask<T>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const { status, text } = await this.send(JSON.stringify({ query, variables }))
    const body = parse(text)
    if (body === undefined) throw this.notLockstep(status)
    const [error] = body.errors ?? []
    if (error !== undefined) throw this.refused(error.message, error.extensions?.code)
    return body.data as T
  }

  /**
   * Like `ask` for a mutation: the payload under `field`, its user errors thrown. With an `idempotencyKey` in the input,
   * an answer that got lost is asked for again: the server does it once.
   */
  async change<T>(field: string, query: string, input: Readonly<Record<string, unknown>>): Promise<T> {
    type Payload = Record<string, T & { readonly userErrors?: readonly UserError[] }>
    const pauses = input['idempotencyKey'] === undefined ? [] : this.retryAfterMs
    const answer = await this.askAgain<Payload>(query, { input }, pauses)
    const payload = answer[field]
    if (payload === undefined) throw new CliError('the server answered nothing')
    const [error] = payload.userErrors ?? []
    if (error !== undefined) throw this.refused(error.message, error.code)
    return payload
  }

  /** The body of an answer over plain HTTP, in pieces as they come. */
  async download(path: string): Promise<AsyncIterable<Uint8Array>> {
    const { url } = this.address
    const response = await this.fetch(`${url}${path}`, { method: 'GET' })
    if (response.ok && response.body !== null) return response.body as unknown as AsyncIterable<Uint8Array>
    const [error] = parse(await response.text())?.errors ?? []
    if (error === undefined) throw this.notLockstep(response.status)
    throw this.refused(error.message, error.extensions?.code)
  }

  private async askAgain<T>(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    pauses: readonly number[],
  ): Promise<T> {
    for (const pause of pauses) {
      try {
        return await this.ask<T>(query, variables)
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
        await sleep(pause)
      }
    }
    return this.ask<T>(query, variables)
  }

  private async send(body: string): Promise<{ readonly status: number; readonly text: string }> {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const response = await this.fetch(`${this.address.url}/graphql`, { method: 'POST', body, signal })
    try {
      return { status: response.status, text: await response.text() }
    } catch (error) {
      throw this.unreachable(error)
    }
  }

  private async fetch(
    url: string,
    request: Pick<RequestInit, 'method' | 'body' | 'signal'>,
  ): Promise<Response> {
    const { token, allowInsecureTls } = this.address
    const headers = {
      'content-type': 'application/json',
      'x-lockstep-client': 'cli',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    }
    try {
      return await (allowInsecureTls ? insecureFetch : fetch)(url, { ...request, headers })
    } catch (error) {
      throw this.unreachable(error)
    }
  }

  private unreachable(error: unknown): Unanswered {
    return new Unanswered(`cannot reach ${this.address.url}`, {
      reason: causeOf(error),
      hint: 'check the address and that the server runs; lockstep context shows what is configured',
    })
  }

  private refused(message: string, code: string | undefined): CliError {
    if (code === 'UNAUTHENTICATED' && this.address.token !== undefined) {
      return new CliError(message, {
        reason: 'the session ended or is not valid',
        hint: `lockstep login ${this.address.url}`,
      })
    }
    if (code === 'UNAUTHENTICATED')
      return new CliError(message, { hint: `lockstep login ${this.address.url}` })
    return new CliError(message)
  }

  private notLockstep(status: number): CliError {
    return new CliError(`${this.address.url} did not answer like a Lockstep server (HTTP ${status})`, {
      hint: 'check the address, and whether a proxy answers instead',
    })
  }
}

async function insecureFetch(url: string, request: RequestInit): Promise<Response> {
  const undici = await import('undici')
  const dispatcher = new undici.Agent({ connect: { rejectUnauthorized: false } })
  return (await undici.fetch(url, { ...request, dispatcher } as object)) as unknown as Response
}

function parse(text: string): Body | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return isBody(body) ? body : undefined
  } catch {
    return undefined
  }
}

function isBody(value: unknown): value is Body {
  return value !== null && typeof value === 'object' && ('data' in value || 'errors' in value)
}

/** The innermost message: fetch itself only says "fetch failed". */
function causeOf(error: unknown): string {
  let current = error
  while (current instanceof Error && current.cause instanceof Error) current = current.cause
  if (!(current instanceof Error)) return String(current)
  return 'code' in current && current.message === '' ? String(current.code) : current.message
}
