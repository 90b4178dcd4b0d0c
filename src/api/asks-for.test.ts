import { Kind, parse, type FragmentDefinitionNode, type GraphQLResolveInfo } from 'graphql'
import { describe, expect, it } from 'vitest'
import { asksFor } from './asks-for.js'

function askOf(text: string): GraphQLResolveInfo {
  const { definitions } = parse(text)
  const fragments = definitions.filter(
    (definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION,
  )
  const [operation] = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  return {
    fieldNodes: operation?.selectionSet.selections,
    fragments: Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment])),
  } as unknown as GraphQLResolveInfo
}

describe('asksFor()', () => {
  it('finds a field at any depth, through fragments, and survives cycles of them', () => {
    expect(asksFor(askOf('{ a { nodes { operation { phase } } } }'), 'operation')).toBe(true)
    expect(asksFor(askOf('{ a { ... on B { operation } } }'), 'operation')).toBe(true)
    const spread = '{ a { ...F } } fragment F on B { ...G } fragment G on B { ...F x: operation }'
    expect(asksFor(askOf(spread), 'operation')).toBe(true)
    expect(asksFor(askOf(spread), 'phase')).toBe(false)
    expect(asksFor(askOf('{ a { operation: name } }'), 'operation')).toBe(false)
  })
})
