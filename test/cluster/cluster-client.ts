import { Agent, request } from 'undici'

export type Verb = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface ClusterRequest {
  readonly method?: Verb
  /** Path and query, e.g. `/api/v1/namespaces`. */
  readonly path: string
  /** An object is sent as JSON, a string as it is (for server-side apply in YAML). */
  readonly body?: unknown
  readonly contentType?: string
}

export interface KubeObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly deletionTimestamp?: string
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

export interface ClusterAnswer {
  readonly status: number
  readonly object: KubeObject
  readonly warnings: readonly string[]
}

/**
 * A bare client for tests and fixtures: one request, one answer, no retries and no judgement of the status,
 * so that a test can state exactly what the server said.
 */
export class ClusterClient {
  private readonly server: string
  private readonly token: string
  private readonly agent: Agent

  constructor(server: string, caPem: string, token: string) {
    this.server = server
    this.token = token
    this.agent = new Agent({ connect: { ca: caPem }, allowH2: false, bodyTimeout: 0 })
  }

  async request(wanted: ClusterRequest): Promise<ClusterAnswer> {
    const answer = await this.open(wanted)
    const text = await answer.body.text()
    const warnings = [answer.headers['warning'] ?? []].flat()
    return { status: answer.statusCode, object: parsed(text), warnings }
  }

  /** Like `request`, but throws on every answer outside 2xx except the statuses listed in `allowed`. */
  async expect(wanted: ClusterRequest, allowed: readonly number[] = []): Promise<KubeObject> {
    const answer = await this.request(wanted)
    if (answer.status < 300 || allowed.includes(answer.status)) return answer.object
    throw new Error(
      `${wanted.method ?? 'GET'} ${wanted.path} answered ${answer.status}: ${String(answer.object['message'])}`,
    )
  }

  /** The lines of a watch, as they come; ends with the stream or when `signal` aborts. */
  async *watch(path: string, signal: AbortSignal): AsyncGenerator<{ type: string; object: KubeObject }> {
    const answer = await this.open({ path }, signal)
    let rest = ''
    for await (const chunk of answer.body.setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line !== '') yield JSON.parse(line) as { type: string; object: KubeObject }
      }
    }
  }

  close(): Promise<void> {
    return this.agent.destroy()
  }

  private open(wanted: ClusterRequest, signal?: AbortSignal) {
    const body = typeof wanted.body === 'string' ? wanted.body : JSON.stringify(wanted.body)
    return request(this.server + wanted.path, {
      method: wanted.method ?? 'GET',
      dispatcher: this.agent,
      headers: {
        authorization: `Bearer ${this.token}`,
        accept: 'application/json',
        'content-type': wanted.contentType ?? 'application/json',
      },
      ...(wanted.body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    })
  }
}

/** Health endpoints answer in plain text: it becomes the message of an object without content. */
function parsed(text: string): KubeObject {
  try {
    return JSON.parse(text) as KubeObject
  } catch {
    return { metadata: { name: '' }, message: text }
  }
}
