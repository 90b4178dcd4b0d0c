import {
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql'
import { COST_KEY } from './access-rule.js'
import { tooComplex } from './document-limits.js'

export const MAX_OBJECTS = 2_000
/** What a list without `first` is taken for, and the largest page. */
const USUAL_LIST = 10
const LARGEST_PAGE = 100
/** Fragments that spread one another could be walked for ever. */
const MAX_VISITS = 20_000

export type Variables = Readonly<Record<string, unknown>>

/** Throws QUERY_TOO_COMPLEX when the document could make more objects than one request may. Scalars are free. */
export function requireCheap(schema: GraphQLSchema, document: DocumentNode, variables: Variables): void {
  const cost = new CostMeter(schema, document, variables).total()
  if (cost > MAX_OBJECTS) {
    throw tooComplex(
      `The request asks for up to ${cost} objects; ${MAX_OBJECTS} are allowed. Use a smaller "first" or fewer fields.`,
    )
  }
}

interface Place {
  readonly type: GraphQLObjectType
  /** How many objects of this type there may be. */
  readonly count: number
  /** `first` of the connection that these fields belong to. */
  readonly pageSize?: number
}

class CostMeter {
  private readonly schema: GraphQLSchema
  private readonly document: DocumentNode
  private readonly variables: Variables
  private readonly fragments = new Map<string, FragmentDefinitionNode>()
  private visits = 0

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Variables) {
    this.schema = schema
    this.document = document
    this.variables = variables
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition)
    }
  }

  total(): number {
    let cost = 0
    for (const definition of this.document.definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION) continue
      const type = this.schema.getRootType(definition.operation)
      if (type != null) cost += this.ofSet(definition.selectionSet, { type, count: 1 })
    }
    return cost
  }

  private ofSet(set: SelectionSetNode | undefined, place: Place): number {
    let cost = 0
    for (const selection of set?.selections ?? []) {
      this.visits += 1
      if (this.visits > MAX_VISITS) throw tooComplex('The fragments of the document are too entangled.')
      if (selection.kind === Kind.FIELD) cost += this.ofField(selection, place)
      else if (selection.kind === Kind.INLINE_FRAGMENT) cost += this.ofSet(selection.selectionSet, place)
      else cost += this.ofSet(this.fragments.get(selection.name.value)?.selectionSet, place)
    }
    return cost
  }

  private ofField(node: FieldNode, place: Place): number {
    const field = place.type.getFields()[node.name.value]
    if (field === undefined) return 0
    const extra = field.extensions[COST_KEY]
    const own = place.count * (typeof extra === 'number' ? extra : 0)
    const type = getNamedType(field.type)
    if (!isObjectType(type)) return own
    const first = this.firstOf(node, field)
    const each = isListType(getNullableType(field.type)) ? (first ?? place.pageSize ?? USUAL_LIST) : 1
    const count = place.count * each
    const inside = first === undefined ? { type, count } : { type, count, pageSize: first }
    return own + count + this.ofSet(node.selectionSet, inside)
  }

  private firstOf(node: FieldNode, field: GraphQLField<unknown, unknown>): number | undefined {
    const defined = field.args.find((argument) => argument.name === 'first')
    if (defined === undefined) return undefined
    const given = node.arguments?.find((argument) => argument.name.value === 'first')?.value
    if (given === undefined) return bounded(defined.defaultValue)
    if (given.kind === Kind.INT) return bounded(Number(given.value))
    if (given.kind === Kind.VARIABLE) return bounded(this.variables[given.name.value] ?? LARGEST_PAGE)
    return LARGEST_PAGE
  }
}

/** More than a page is refused elsewhere; here it only counts as what it claims. */
function bounded(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(1, value) : LARGEST_PAGE
}
