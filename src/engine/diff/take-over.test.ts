import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ManagedFieldsEntry, Manifest } from '../manifest/manifest.js'
import { fieldSetText, parseFieldSet, type FieldSet } from './field-set.js'
import { LAST_APPLIED } from './normalize.js'
import { takeOverFields, union } from './take-over.js'

function live(
  managedFields: readonly ManagedFieldsEntry[],
  annotations: Readonly<Record<string, string>> = {},
): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', resourceVersion: '7', managedFields, annotations },
  }
}

function entry(
  manager: string,
  fieldsV1: object,
  facts: Partial<ManagedFieldsEntry> = {},
): ManagedFieldsEntry {
  const fields = fieldsV1 as NonNullable<ManagedFieldsEntry['fieldsV1']>
  return {
    manager,
    operation: 'Update',
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    ...facts,
  }
}

const ours = (fieldsV1: object): ManagedFieldsEntry =>
  entry('argocd-controller', fieldsV1, { operation: 'Apply' })
const guard = { op: 'test', path: '/metadata/resourceVersion', value: '7' }

describe('takeOverFields()', () => {
  it('merges what client-side applies own into our entry, without the annotation', () => {
    const annotations = { 'f:a': {}, [`f:${LAST_APPLIED}`]: {} }
    const theirs = entry('someone', { 'f:x': {} })
    const before = [
      entry('kubectl-client-side-apply', { 'f:metadata': { 'f:annotations': annotations } }),
      theirs,
      entry('argocd-controller', { 'f:data': { 'f:b': {} } }),
      ours({ 'f:data': { 'f:a': {} } }),
    ]
    const merged = { 'f:data': { 'f:a': {}, 'f:b': {} }, 'f:metadata': { 'f:annotations': { 'f:a': {} } } }
    expect(takeOverFields(live(before))).toEqual([
      guard,
      { op: 'replace', path: '/metadata/managedFields', value: [ours(merged), theirs] },
    ])
  })

  it('is nothing to do when nobody applied on the client side', () => {
    expect(takeOverFields(live([ours({ 'f:a': {} }), entry('someone', {})]))).toEqual([])
    const status = entry('argocd-controller', { 'f:status': {} }, { subresource: 'status' })
    expect(takeOverFields(live([status]))).toEqual([])
    expect(takeOverFields(live([]))).toEqual([])
  })

  it('restores cleared managedFields from our stored set, else from last-applied', () => {
    const stored = parseFieldSet({ 'f:data': { 'f:a': {} } }) as FieldSet
    const value = [ours({ 'f:data': { 'f:a': {} } })]
    expect(takeOverFields(live([]), stored)).toEqual([
      guard,
      { op: 'add', path: '/metadata/managedFields', value },
    ])
    const former = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', labels: { a: 'b' }, annotations: {}, creationTimestamp: null },
      spec: { ports: [{ port: 80 }], type: 'ClusterIP', externalIPs: ['192.0.2.1'] },
    }
    const operations = takeOverFields(live([], { [LAST_APPLIED]: JSON.stringify(former), theirs: 'x' }))
    const spec = {
      'f:externalIPs': {},
      'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } },
      'f:type': {},
    }
    expect(operations[1]?.value).toEqual([
      ours({ 'f:metadata': { 'f:labels': { 'f:a': {} } }, 'f:spec': spec }),
    ])
  })
})

describe('union()', () => {
  const names = fc.constantFrom('f:a', 'f:b', 'v:1', 'k:{"n":1}', '.')
  const trees = fc.letrec<{ tree: object }>((tie) => ({
    tree: fc.oneof({ depthSize: 'small' }, fc.constant({}), fc.dictionary(names, tie('tree'))),
  })).tree
  const sets = trees.map((tree) => parseFieldSet(tree)).filter((set) => set !== undefined)

  it('is idempotent, commutative and associative', () => {
    fc.assert(
      fc.property(sets, sets, sets, (a, b, c) => {
        expect(union(a, a)).toEqual(a)
        expect(fieldSetText(union(a, b))).toBe(fieldSetText(union(b, a)))
        expect(union(union(a, b), c)).toEqual(union(a, union(b, c)))
      }),
    )
  })
})
