import type { OpenedStream } from '../../applications/look-into-application.js'
import type { Principal } from '../../engine/access/principal.js'

export interface CheckedStreamDeps<T, E> {
  readonly stream: OpenedStream<T>
  /** Who the session belongs to now; undefined when it ended. */
  readonly recheck: () => Promise<Principal | undefined>
  /** What the subscriber gets of it; undefined: nothing. */
  readonly toEvent: (value: T) => E | undefined
  /** What the subscriber gets when the stream breaks; thrown when there is none. */
  readonly toFailure?: (error: unknown) => Promise<E>
}

/**
 * A stream from a worker for one subscriber. Before each event the session and its rights are asked for again: what ended
 * delivers nothing more. The worker reads on only when the subscriber took what it has.
 *
 * An iterator by hand and not a generator: `return` must end it while it waits.
 */
export class CheckedStream<T, E> implements AsyncIterableIterator<E> {
  readonly #deps: CheckedStreamDeps<T, E>
  readonly #left = new AbortController()
  #source: AsyncIterator<T> | undefined

  constructor(deps: CheckedStreamDeps<T, E>) {
    this.#deps = deps
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<E>> {
    while (!this.#left.signal.aborted) {
      const event = await this.#pull()
      if (event === 'end') return this.return()
      if (event !== undefined) return { done: false, value: event }
    }
    return { done: true, value: undefined }
  }

  async return(): Promise<IteratorResult<E>> {
    this.#left.abort()
    return { done: true, value: undefined }
  }

  async #pull(): Promise<E | undefined | 'end'> {
    const { stream, toEvent } = this.#deps
    this.#source ??= stream.open(this.#left.signal)[Symbol.asyncIterator]()
    try {
      const { done, value } = await this.#source.next()
      if (done === true || !(await this.#mayGoOn())) return 'end'
      return toEvent(value)
    } catch (error) {
      return this.#failed(error)
    }
  }

  async #mayGoOn(): Promise<boolean> {
    const principal = await this.#deps.recheck()
    return principal !== undefined && this.#deps.stream.permits(principal)
  }

  async #failed(error: unknown): Promise<E | 'end'> {
    const isLeft = this.#left.signal.aborted
    this.#left.abort()
    if (isLeft) return 'end'
    if (this.#deps.toFailure === undefined) throw error
    return this.#deps.toFailure(error)
  }
}
