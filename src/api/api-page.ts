import {
  isEnumType,
  isInputObjectType,
  isObjectType,
  isScalarType,
  lexicographicSortSchema,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql'
import { ACCESS_KEY } from './access-rule.js'

type AnyField = GraphQLField<unknown, unknown>

/** The reference of the API as a page, made of the schema and its access rules. */
export function apiPage(unsorted: GraphQLSchema): string {
  const schema = lexicographicSortSchema(unsorted)
  const roots = [
    ['Queries', schema.getQueryType()],
    ['Mutations', schema.getMutationType()],
    ['Subscriptions', schema.getSubscriptionType()],
  ] as const
  const rootNames = new Set(roots.map(([, type]) => type?.name))
  const types = Object.values(schema.getTypeMap()).filter(
    ({ name }) => !name.startsWith('__') && !rootNames.has(name),
  )
  const parts = [
    INTRO,
    ...roots.flatMap(([title, type]) => (type == null ? [] : [rootSection(title, type)])),
    section('Objects', types.filter(isObjectType).map(objectPart)),
    section(
      'Inputs',
      types.filter(isInputObjectType).map((type) => fieldsPart(type, Object.values(type.getFields()))),
    ),
    section('Enums', types.filter(isEnumType).map(enumPart)),
    section('Scalars', types.filter(isScalarType).map(scalarPart)),
  ]
  return `${parts.join('\n\n')}\n`
}

const INTRO = `# GraphQL API

Generated from the schema and its access rules by \`npm run generate\`; do not edit. \`POST /graphql\` takes one operation a
request; subscriptions speak graphql-transport-ws on the same path. Permission \`resource:action\`: the caller must hold it
somewhere, and for the very object; \`signed-in\`: anybody with a session or token; \`public\`: anybody. Whoever may read an
object may read its fields, unless a field says otherwise.`

function section(title: string, parts: readonly string[]): string {
  return [`## ${title}`, ...parts].join('\n\n')
}

function rootSection(title: string, type: GraphQLObjectType): string {
  return section(title, Object.values(type.getFields()).map(rootPart))
}

function rootPart(field: AnyField): string {
  const { name, type, args, description } = field
  const lines = [
    `### \`${name}\``,
    ...(description ? [description] : []),
    `Permission: \`${ruleOf(field)}\`. Answers \`${String(type)}\`.`,
  ]
  if (args.length > 0) lines.push(table('Argument', args))
  return lines.join('\n\n')
}

function objectPart(type: GraphQLObjectType): string {
  const fields = Object.values(type.getFields())
  const own = fields.filter((field) => !['inherits', undefined].includes(ruleOf(field)))
  const rules = own.map((field) => `\`${field.name}\` needs \`${ruleOf(field)}\`.`)
  return [fieldsPart(type, fields), ...rules].join('\n\n')
}

function fieldsPart(
  { name, description }: GraphQLNamedType,
  fields: readonly (AnyField | GraphQLInputField)[],
): string {
  return [`### \`${name}\``, ...(description ? [description] : []), table('Field', fields)].join('\n\n')
}

function enumPart(type: Extract<GraphQLNamedType, { getValues(): unknown }>): string {
  const values = type.getValues().map(({ name, description }) => {
    return `- \`${name}\`${description ? `: ${description}` : ''}`
  })
  return [`### \`${type.name}\``, values.join('\n')].join('\n\n')
}

function scalarPart({ name, description }: GraphQLNamedType): string {
  return `### \`${name}\`\n\n${description ?? ''}`.trimEnd()
}

function table(head: string, rows: readonly (AnyField | GraphQLInputField | GraphQLArgument)[]): string {
  const lines = rows.map((row) => {
    const preset = 'defaultValue' in row && row.defaultValue !== undefined
    const text = [row.description ?? '', preset ? `Default ${JSON.stringify(row.defaultValue)}.` : '']
    return `| \`${row.name}\` | \`${String(row.type)}\` | ${escaped(text.join(' ').trim())} |`
  })
  return [`| ${head} | Type | Meaning |`, '| --- | --- | --- |', ...lines].join('\n')
}

function ruleOf(field: AnyField): string | undefined {
  const rule = field.extensions[ACCESS_KEY]
  return typeof rule === 'string' ? rule : undefined
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
