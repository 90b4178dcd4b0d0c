import {
  getNamedType,
  isCompositeType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql'

export interface Call {
  readonly document: string
  readonly variables: Readonly<Record<string, unknown>>
}

type Arguments = Readonly<Record<string, unknown>>

const DEPTH = 5

/** The call of a root field with these arguments that reads everything below it that needs no argument. */
export function callOf(kind: string, field: GraphQLField<unknown, unknown>, given: Arguments): Call {
  const names = field.args.filter((argument) => given[argument.name] !== undefined)
  const missing = field.args.filter(
    (argument) =>
      isNonNullType(argument.type) && argument.defaultValue === undefined && !names.includes(argument),
  )
  if (missing.length > 0)
    throw new Error(`${kind}.${field.name} needs ${missing.map((one) => one.name).join(', ')}`)
  const declared = names.map((argument) => `$${argument.name}: ${String(argument.type)}`).join(', ')
  const passed = names.map((argument) => `${argument.name}: $${argument.name}`).join(', ')
  const head = names.length === 0 ? '' : `(${declared})`
  const call = names.length === 0 ? field.name : `${field.name}(${passed})`
  return { document: `${kind}${head} { ${call}${selection(field.type, DEPTH)} }`, variables: given }
}

/** Each type is read once: twice the same fields would only cost. */
function selection(type: GraphQLOutputType, depth: number, seen = new Set<string>()): string {
  const named = getNamedType(type)
  if (!isCompositeType(named)) return ''
  if (!isObjectType(named) || seen.has(named.name)) return ' { __typename }'
  seen.add(named.name)
  const fields = Object.values(named.getFields())
    .filter((field) => field.args.every((one) => !isNonNullType(one.type) || one.defaultValue !== undefined))
    .filter((field) => depth > 1 || !isCompositeType(getNamedType(field.type)))
    .map((field) => `${field.name}${short(field)}${selection(field.type, depth - 1, seen)}`)
  return fields.length === 0 ? ' { __typename }' : ` { ${fields.join(' ')} }`
}

/** Pages of one: a page of pages of pages would be refused for its size. */
function short(field: GraphQLField<unknown, unknown>): string {
  return field.args.some((argument) => argument.name === 'first') ? '(first: 1)' : ''
}

/** `Type.field` of everything that a document of `callOf` reads. */
export function fieldsRead(schema: GraphQLSchema, root: GraphQLField<unknown, unknown>): ReadonlySet<string> {
  const read = new Set<string>()
  const walk = (type: GraphQLOutputType, depth: number): void => {
    const named = getNamedType(type)
    if (!isObjectType(named) || depth === 0) return
    for (const field of Object.values(named.getFields())) {
      read.add(`${named.name}.${field.name}`)
      walk(field.type, depth - 1)
    }
  }
  walk(root.type, DEPTH)
  return read
}
