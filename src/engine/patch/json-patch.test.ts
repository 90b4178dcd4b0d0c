import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../manifest/manifest.js'
import { applyJsonPatch, applyMergePatch } from './json-patch.js'

const json = (): fc.Arbitrary<JsonValue> => fc.jsonValue() as fc.Arbitrary<JsonValue>
const step = (op: string, path: string, more: object = {}): object => ({ op, path, ...more })

describe('applyJsonPatch() follows RFC 6902', () => {
  it.each<[string, JsonValue, unknown, JsonValue]>([
    ['adds a field', { a: 1 }, [step('add', '/b', { value: 2 })], { a: 1, b: 2 }],
    ['makes room in a list', { a: [1, 3] }, [step('add', '/a/1', { value: 2 })], { a: [1, 2, 3] }],
    ['adds at the end', [1], [step('add', '/-', { value: 2 })], [1, 2]],
    ['replaces in a list', [1, 2], [step('replace', '/0', { value: 9 })], [9, 2]],
    ['replaces all', { a: 1 }, [step('replace', '', { value: [] })], []],
    ['removes', { a: { b: 1, c: 2 } }, [step('remove', '/a/b')], { a: { c: 2 } }],
    ['moves', { a: 1, b: {} }, [step('move', '/b/c', { from: '/a' })], { b: { c: 1 } }],
    ['copies', { a: [1] }, [step('copy', '/b', { from: '/a' })], { a: [1], b: [1] }],
    ['reads ~1 and ~0', { 'a/b~c': 1 }, [step('replace', '/a~1b~0c', { value: 2 })], { 'a/b~c': 2 }],
    [
      'tests whatever the order',
      { a: { x: 1, y: 2 } },
      [step('test', '/a', { value: { y: 2, x: 1 } })],
      { a: { x: 1, y: 2 } },
    ],
  ])('applyJsonPatch() %s', (_title, document, patch, expected) => {
    expect(applyJsonPatch(document, patch)).toEqual(expected)
  })

  it.each<[unknown, string]>([
    [{}, 'a JSON patch is a list'],
    [[step('add', '/x/y', { value: 1 })], 'step 1 of the patch: "/x" does not exist'],
    [[step('test', '/a', { value: 2 })], 'step 1 of the patch: the test failed: "/a" has another value'],
    [[step('remove', '/b')], '"/b" does not exist'],
    [[step('remove', '')], 'the whole document cannot be removed'],
    [[step('move', '/a/b', { from: '/a' })], 'into itself'],
    [[step('add', '/a', {})], '"value" is missing'],
    [[step('add', 'a', { value: 1 })], 'must begin with "/"'],
    [[step('merge', '/a')], '"merge" is no operation'],
    [[step('add', '/l/7', { value: 1 })], '"/l/7" does not exist'],
    [[step('add', '/constructor/x', { value: 1 })], '"/constructor" does not exist'],
    [Array.from({ length: 1001 }, () => step('remove', '/a')), 'at most 1000 steps'],
  ])('applyJsonPatch() of %j refuses', (patch, message) => {
    expect(() => applyJsonPatch({ a: 1, l: [] }, patch)).toThrow(message)
  })

  it('applyJsonPatch() changes neither its input nor any prototype', () => {
    fc.assert(
      fc.property(json(), json(), (document, value) => {
        const before = JSON.stringify(document)
        const patched = applyJsonPatch({ document }, [
          step('add', '/__proto__', { value }),
          step('copy', '/copy', { from: '/document' }),
          step('test', '/copy', { value: document }),
        ])
        expect(JSON.stringify(document)).toBe(before)
        expect(Object.getPrototypeOf(patched)).toBe(Object.prototype)
        expect(Object.hasOwn(patched as object, '__proto__')).toBe(true)
      }),
    )
  })
})

describe('applyJsonPatch() of what wants to be large', () => {
  const doubling = Array.from({ length: 60 }, (_one, at) => step('copy', `/a${at}`, { from: '' }))

  it.each<[string, JsonValue]>([
    ['values', { list: [1, 2, 3] }],
    ['characters', { text: 'x'.repeat(100_000) }],
  ])('refuses copies of copies: too many %s', (_title, document) => {
    expect(() => applyJsonPatch(document, doubling)).toThrow('the document would become too large')
  })

  it('inherited properties are no fields', () => {
    for (const path of ['/toString', '/constructor/prototype', '/l/length'])
      expect(() => applyJsonPatch({ l: [] }, [step('copy', '/x', { from: path })])).toThrow('does not exist')
  })
})

describe('applyMergePatch() follows RFC 7386', () => {
  it.each<[JsonValue, JsonValue, JsonValue]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [['a'], { a: 1 }, { a: 1 }],
  ])('applyMergePatch() of %j with %j', (document, patch, expected) => {
    expect(applyMergePatch(document, patch)).toEqual(expected)
  })

  it('applyMergePatch() twice is once', () => {
    fc.assert(
      fc.property(json(), json(), (document, patch) => {
        const once = applyMergePatch(document, patch)
        expect(applyMergePatch(once, patch)).toEqual(once)
      }),
    )
  })
})
