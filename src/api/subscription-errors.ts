import type { GraphQLSchema } from 'graphql'
import type { GraphqlErrors } from './graphql-errors.js'

/**
 * What refuses or breaks a subscription goes out as any other error does: with its code, and with nothing of the inside.
 * Mercurius sends such errors as they were thrown. Answers the same schema.
 */
export function formatSubscriptionErrors(schema: GraphQLSchema, errors: GraphqlErrors): GraphQLSchema {
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    const { subscribe } = field
    if (subscribe === undefined) continue
    field.subscribe = async (...call) => {
      try {
        const stream = (await subscribe(...call)) as unknown
        return isIterator(stream) ? new OutwardStream(stream, errors) : stream
      } catch (error) {
        throw errors.outward(error)
      }
    }
  }
  return schema
}

function isIterator(value: unknown): value is AsyncIterator<unknown> {
  return typeof value === 'object' && value !== null && 'next' in value && typeof value.next === 'function'
}

/** The same stream with errors as they may be seen outside. `return` reaches it while it waits. */
class OutwardStream implements AsyncIterableIterator<unknown> {
  readonly #stream: AsyncIterator<unknown>
  readonly #errors: GraphqlErrors

  constructor(stream: AsyncIterator<unknown>, errors: GraphqlErrors) {
    this.#stream = stream
    this.#errors = errors
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<unknown>> {
    try {
      return await this.#stream.next()
    } catch (error) {
      throw this.#errors.outward(error)
    }
  }

  async return(): Promise<IteratorResult<unknown>> {
    await this.#stream.return?.()
    return { done: true, value: undefined }
  }
}
