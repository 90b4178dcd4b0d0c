import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'

/** Any JSON, for specs and manifests. */
export const JsonScalar = new GraphQLScalarType({
  name: 'JSON',
  description: 'Any JSON value; used for specs and manifests.',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node) => literal(node, 0),
})

/** ISO 8601 in UTC; input is checked. */
export const DateTimeScalar = new GraphQLScalarType({
  name: 'DateTime',
  description: 'A moment, ISO 8601 in UTC.',
  serialize: (value) => value,
  parseValue: checkedMoment,
  parseLiteral: (node) => checkedMoment(node.kind === Kind.STRING ? node.value : undefined),
})

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/

function checkedMoment(value: unknown): string {
  if (typeof value !== 'string' || !MOMENT.test(value) || Number.isNaN(Date.parse(value))) {
    throw new GraphQLError('A DateTime looks like 2026-01-31T12:00:00Z.')
  }
  return new Date(value).toISOString()
}

function literal(node: ValueNode, depth: number): unknown {
  if (depth > 50) throw new GraphQLError('The JSON value is nested too deeply.')
  switch (node.kind) {
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value)
    case Kind.LIST:
      return node.values.map((value) => literal(value, depth + 1))
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map((field) => [field.name.value, literal(field.value, depth + 1)]),
      )
    case Kind.NULL:
      return null
    default:
      throw new GraphQLError(
        'Variables inside a JSON value are not supported. Send the whole value as a variable.',
      )
  }
}
