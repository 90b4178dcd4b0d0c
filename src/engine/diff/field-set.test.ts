import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../manifest/manifest.js'
import { canonicalText } from './canonical-text.js'
import { fieldSetText, ownFieldSet, parseFieldSet, parseFieldSetText, type FieldSet } from './field-set.js'
import { projectedText, projectOn } from './project-on.js'

const leaf: FieldSet = { owned: true, children: [] }

function parsed(fields: object): FieldSet {
  const set = parseFieldSet(fields)
  if (set === undefined) throw new Error('not a field set')
  return set
}

const fieldTrees = fc.letrec<{ tree: object }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant({}),
    fc.dictionary(
      fc.oneof(
        fc.string({ maxLength: 5 }).map((name) => `f:${name}`),
        fc.json({ maxDepth: 0 }).map((value) => `v:${value}`),
        fc.dictionary(fc.string({ maxLength: 3 }), fc.string()).map((match) => `k:${JSON.stringify(match)}`),
        fc.nat(99).map((index) => `i:${index}`),
        fc.constant('.'),
      ),
      tie('tree').map((tree) => tree),
      { maxKeys: 4 },
    ),
  ),
})).tree

describe('field sets', () => {
  it('parseFieldSet() reads fields, keys, values and indexes', () => {
    const set = parsed({
      'f:a': { '.': {}, 'k:{"name":"x"}': { 'f:b': {} } },
      'f:s': { 'v:"q"': {}, 'i:0': {} },
    })
    expect(set.owned).toBe(false)
    expect(set.children[0]?.set.owned).toBe(true)
    expect(set.children[0]?.set.children[0]?.element).toEqual({ kind: 'key', match: { name: 'x' } })
    expect(set.children[1]?.set.children).toEqual([
      { element: { kind: 'index', index: 0 }, set: leaf },
      { element: { kind: 'value', value: 'q' }, set: leaf },
    ])
  })

  it('parseFieldSet() refuses what is no FieldsV1', () => {
    for (const fields of [
      undefined,
      null,
      [],
      { a: {} },
      { 'f:a': 1 },
      { 'k:{': {} },
      { 'k:1': {} },
      { 'i:x': {} },
    ])
      expect(parseFieldSet(fields)).toBeUndefined()
  })

  it('ownFieldSet() takes only our Apply entry without a subresource', () => {
    const entry = { manager: 'me', operation: 'Apply' as const, fieldsV1: { 'f:a': {} } }
    const manifest = (managedFields: Manifest['metadata']['managedFields'] & object): Manifest => ({
      apiVersion: 'v1',
      kind: 'X',
      metadata: { name: 'x', managedFields },
    })
    const others = [
      { ...entry, operation: 'Update' as const },
      { ...entry, subresource: 'status' },
      { ...entry, manager: 'you' },
    ]
    expect(ownFieldSet(manifest(others), 'me')).toBeUndefined()
    expect(ownFieldSet(manifest([...others, entry]), 'me')).toEqual(parsed({ 'f:a': {} }))
  })

  it('fieldSetText() and parseFieldSetText() are inverse for every set', () => {
    fc.assert(
      fc.property(fieldTrees, (fields) => {
        const set = parseFieldSet(fields)
        fc.pre(set !== undefined)
        expect(parseFieldSetText(fieldSetText(set))).toEqual(set)
      }),
    )
  })

  it('fieldSetText() does not depend on the order of the fields', () => {
    expect(fieldSetText(parsed({ 'f:b': {}, 'f:a': {} }))).toBe(
      fieldSetText(parsed({ 'f:a': {}, 'f:b': {} })),
    )
  })

  it('parseFieldSetText() refuses another projection version', () => {
    expect(parseFieldSetText('0:{}')).toBeUndefined()
    expect(parseFieldSetText('1:{')).toBeUndefined()
  })
})

const live: Manifest = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'web',
    uid: 'u',
    resourceVersion: '7',
    labels: { a: '1', b: '2' },
    finalizers: ['x', 'y'],
  },
  spec: {
    ports: [
      { port: 81, name: 'b', nodePort: 30001 },
      { port: 80, name: 'a', nodePort: 30000, protocol: 'TCP' },
    ],
    selector: { app: 'web' },
  },
  status: { loadBalancer: {} },
}

const fields = {
  'f:metadata': {
    'f:labels': { 'f:a': {} },
    'f:finalizers': { 'v:"y"': {}, 'v:"gone"': {} },
    'f:resourceVersion': {},
    'f:uid': {},
  },
  'f:spec': {
    'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { 'f:name': {}, 'f:port': {} } },
    'f:selector': {},
  },
  'f:status': { 'f:loadBalancer': {} },
}

describe('projectOn()', () => {
  it('keeps what is named, leaves whole, without status and server metadata', () => {
    expect(projectOn(parsed(fields), live)).toEqual({
      metadata: { labels: { a: '1' }, finalizers: ['y'] },
      spec: { ports: [{ name: 'a', port: 80 }], selector: { app: 'web' } },
    })
  })

  it('does not change with fields and items of others', () => {
    const changed = {
      ...live,
      metadata: {
        ...live.metadata,
        resourceVersion: '8',
        labels: { b: '9', a: '1' },
        finalizers: ['z', 'y'],
      },
      status: {},
    }
    expect(projectedText(parsed(fields), changed)).toBe(projectedText(parsed(fields), live))
  })

  it('takes nothing whole that is only server metadata', () => {
    expect(projectOn(parsed({ 'f:metadata': { 'f:uid': {} } }), live)).toBeUndefined()
    expect(projectOn(parsed({}), live)).toBeUndefined()
  })

  it('is stable: projecting a projection changes nothing', () => {
    fc.assert(
      fc.property(fieldTrees, fc.object(), (tree, body) => {
        const set = parseFieldSet(tree)
        fc.pre(set !== undefined)
        const object = { ...live, ...body } as Manifest
        const once = projectOn(set, object)
        fc.pre(once !== undefined && !JSON.stringify(tree).includes('i:'))
        expect(canonicalText(projectOn(set, once as Manifest))).toBe(canonicalText(once))
      }),
    )
  })
})

describe('canonicalText()', () => {
  it('is the same for equal values whatever the order of their keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const reversed = JSON.parse(JSON.stringify(value), (_key, item: unknown) => {
          const isMap = typeof item === 'object' && item !== null && !Array.isArray(item)
          return isMap ? Object.fromEntries(Object.entries(item).toReversed()) : item
        }) as unknown
        expect(canonicalText(reversed)).toBe(canonicalText(value))
        expect(JSON.parse(canonicalText(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})
