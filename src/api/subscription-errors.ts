import type { GraphQLSchema } from 'graphql'
import type { GraphqlErrors } from './graphql-errors.js'

/**
 * What refuses a subscription goes out as any other error does: with its code, and with nothing of the inside. Mercurius
 * sends such errors as they were thrown. Answers the same schema.
 */
export function formatSubscriptionErrors(schema: GraphQLSchema, errors: GraphqlErrors): GraphQLSchema {
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    const { subscribe } = field
    if (subscribe === undefined) continue
    field.subscribe = async (...call) => {
      try {
        return (await subscribe(...call)) as unknown
      } catch (error) {
        throw errors.outward(error)
      }
    }
  }
  return schema
}
