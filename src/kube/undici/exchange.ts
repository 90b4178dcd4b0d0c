import { errors, type Dispatcher } from 'undici'

/** A page of a list is at most 500 objects; more than this is not an answer of an API server. */
const LARGEST_BODY = 256 * 1024 * 1024

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** Collects one response; written against `dispatch` because the stream of `request` costs more than the request. */
class AnswerCollector implements Dispatcher.DispatchHandler {
  private status = 0
  private headers: Headers = {}
  private size = 0
  private readonly chunks: Buffer[] = []
  private readonly deadline: number
  private readonly settle: { resolve(answer: Answer): void; reject(error: Error): void }

  constructor(deadline: number, settle: AnswerCollector['settle']) {
    this.deadline = deadline
    this.settle = settle
  }

  onRequestStart(): void {
    // Nothing to prepare; undici asks for the method.
  }

  onResponseStart(_controller: unknown, status: number, headers: Headers): void {
    this.status = status
    this.headers = headers
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.size += chunk.length
    if (this.size > LARGEST_BODY) controller.abort(new errors.ResponseExceededMaxSizeError())
    else if (performance.now() > this.deadline) controller.abort(new errors.BodyTimeoutError())
    else this.chunks.push(chunk)
  }

  onResponseEnd(): void {
    const [only] = this.chunks
    const body = only !== undefined && this.chunks.length === 1 ? only : Buffer.concat(this.chunks)
    this.settle.resolve({ status: this.status, headers: this.headers, body: body.toString('utf8') })
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.settle.reject(error)
  }
}

/** Sends one request and reads the whole answer, within `withinMs` of its sending. */
export function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  withinMs: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const collector = new AnswerCollector(performance.now() + 2 * withinMs, { resolve, reject })
    dispatcher.dispatch({ ...options, headersTimeout: withinMs, bodyTimeout: withinMs }, collector)
  })
}

/** One header as text, several joined by a comma. */
export function headerOf(answer: Pick<Answer, 'headers'>, name: string): string | undefined {
  const value = answer.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
