import { buildSchema, execute, parse, type DocumentNode } from 'graphql'
import { describe, expect, it } from 'vitest'
import { EqualDocuments } from './equal-documents.js'

describe('EqualDocuments', () => {
  it('keeps equal documents once, and they run as before', async () => {
    const documents = new EqualDocuments()
    const [one, other] = [parse('{ a }'), parse('{ a }')]
    documents.keepOnce(one)
    documents.keepOnce(other)
    expect(other).toEqual(one)
    expect(partsOf(other)).toEqual(partsOf(one))
    expect(partsOf(other)[0]).toBe(partsOf(one)[0])
    const schema = buildSchema('type Query { a: Int }')
    expect(await execute({ schema, document: other, rootValue: { a: 7 } })).toEqual({ data: { a: 7 } })
  })

  it('keeps others apart, and none that is long', () => {
    const documents = new EqualDocuments()
    const long = `{ ${'a '.repeat(3_000)} }`
    const parsed = ['{ a }', '{ b }', long, long].map((text) => parse(text))
    for (const document of parsed) documents.keepOnce(document)
    expect(new Set(parsed.map((document) => partsOf(document)[0])).size).toBe(4)
  })
})

function partsOf({ definitions }: DocumentNode): readonly unknown[] {
  return definitions.map((definition) => ('selectionSet' in definition ? definition.selectionSet : undefined))
}
