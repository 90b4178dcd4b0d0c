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

/** GraphQL over HTTP. Every failure becomes a CliError that says what to try. */
export class GraphqlClient {
  readonly address: ServerAddress

  constructor(address: ServerAddress) {
    this.address = address
  }

  /** The `data` of the answer. The caller names its shape; the server's schema is what makes it true. */
  async ask<T>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const response = await this.send(JSON.stringify({ query, variables }))
    const text = await response.text()
    const body = parse(text)
    if (body === undefined) throw this.notLockstep(response.status)
    const [error] = body.errors ?? []
    if (error !== undefined) throw this.refused(error.message, error.extensions?.code)
    return body.data as T
  }

  /** Like `ask` for a mutation: the payload under `field`, its user errors thrown. */
  async change<T>(field: string, query: string, input: Readonly<Record<string, unknown>>): Promise<T> {
    const answer = await this.ask<Record<string, T & { readonly userErrors?: readonly UserError[] }>>(query, {
      input,
    })
    const payload = answer[field]
    if (payload === undefined) throw new CliError('the server answered nothing')
    const [error] = payload.userErrors ?? []
    if (error !== undefined) throw this.refused(error.message, error.code)
    return payload
  }

  private async send(body: string): Promise<Response> {
    const { url, token, allowInsecureTls } = this.address
    const headers = {
      'content-type': 'application/json',
      'x-lockstep-client': 'cli',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    }
    const request = { method: 'POST', headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) }
    try {
      if (allowInsecureTls) return await insecureFetch(`${url}/graphql`, request)
      return await fetch(`${url}/graphql`, request)
    } catch (error) {
      throw new CliError(`cannot reach ${url}`, {
        reason: causeOf(error),
        hint: 'check the address and that the server runs; lockstep context shows what is configured',
      })
    }
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

async function insecureFetch(
  url: string,
  request: { method: string; headers: Record<string, string>; body: string; signal: AbortSignal },
): Promise<Response> {
  const undici = await import('undici')
  const dispatcher = new undici.Agent({ connect: { rejectUnauthorized: false } })
  return (await undici.fetch(url, { ...request, dispatcher })) as unknown as Response
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
