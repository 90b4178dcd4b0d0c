import { buildSchema, type GraphQLField, type GraphQLSchema } from 'graphql'
import { schemaText } from '../../../src/api/print-schema.js'

export interface RootField {
  /** e.g. `Query.application`. */
  readonly key: string
  readonly kind: 'query' | 'mutation' | 'subscription'
  readonly field: GraphQLField<unknown, unknown>
}

/** The schema of the code that runs, not of a file that could be old. */
export async function schemaAndRoots(): Promise<{
  readonly schema: GraphQLSchema
  readonly roots: readonly RootField[]
}> {
  const schema = buildSchema(await schemaText())
  const types = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ] as const
  const roots = types.flatMap(([kind, type]) =>
    Object.values(type?.getFields() ?? {}).map((field) => ({
      key: `${type?.name}.${field.name}`,
      kind,
      field,
    })),
  )
  // It ends the token that asks: whoever comes after it would be nobody.
  const isLast = ({ key }: RootField): number => (key === 'Mutation.logout' ? 1 : 0)
  return { schema, roots: roots.sort((a, b) => isLast(a) - isLast(b)) }
}
