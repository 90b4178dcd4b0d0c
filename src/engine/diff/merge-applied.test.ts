import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../manifest/manifest.js'
import { mergeApplied, withLastApplied } from './merge-applied.js'
import { LAST_APPLIED } from './normalize.js'

const METADATA = { name: 'web', namespace: 'shop' }

function deployment(pod: object, spec: object = {}): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: METADATA,
    spec: { ...spec, template: { spec: pod } },
  }
}

/** Live after a client-side apply of `former`, with what others did to it since. */
function liveAfter(former: Manifest, live: Manifest): Manifest {
  const { annotations } = withLastApplied(former).metadata
  const metadata = {
    ...live.metadata,
    annotations: { ...live.metadata.annotations, ...annotations },
    uid: 'u',
  }
  return { ...live, metadata: { ...metadata, resourceVersion: '7' } }
}

const podOf = (object: Manifest): unknown =>
  (object['spec'] as { readonly template: { readonly spec: unknown } }).template.spec
const env = (...pairs: readonly string[]) =>
  pairs.map((pair) => ({ name: pair.split('=')[0], value: pair.split('=')[1] }))

describe('mergeApplied()', () => {
  it('sets what is declared, removes what was and is no more, and leaves all else', () => {
    const map = (data: object): Manifest => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: METADATA,
      data,
    })
    const live = liveAfter(map({ a: '1', b: '1' }), map({ a: 'edited', b: '1', theirs: 'x' }))
    const merged = mergeApplied(map({ a: '2' }), live)
    expect(merged['data']).toEqual({ a: '2', theirs: 'x' })
    expect(merged.metadata).toMatchObject({ uid: 'u', resourceVersion: '7' })
    expect(merged.metadata.annotations?.[LAST_APPLIED]).toBe(
      '{"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"annotations":{},"name":"web","namespace":"shop"}}\n',
    )
  })

  it('removes what a server-side apply of ours owned and Git does not have any more', () => {
    const fieldsV1 = { 'f:data': { 'f:a': {}, 'f:b': {} } }
    const entry = { manager: 'argocd-controller', operation: 'Apply', apiVersion: 'v1', fieldsV1 } as const
    const metadata = { ...METADATA, managedFields: [entry] }
    const live = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: '1', b: '1', theirs: 'x' } }
    const declared = { apiVersion: 'v1', kind: 'ConfigMap', metadata: METADATA, data: { a: '1' } }
    expect(mergeApplied(declared, live)['data']).toEqual({ a: '1', theirs: 'x' })
  })

  it('keeps every declared item where two share their key, and what others put between them', () => {
    const declared = deployment({ containers: [{ name: 'main', env: env('A=1', 'A=2', 'B=1') }] })
    const before = deployment({ containers: [{ name: 'main', env: env('A=1', 'OLD=1') }] })
    const found = deployment({
      containers: [
        { name: 'sidecar', image: 'proxy' },
        { name: 'main', env: env('A=1', 'OLD=1', 'INJECTED=1'), imagePullPolicy: 'Always' },
      ],
    })
    expect(podOf(mergeApplied(declared, liveAfter(before, found)))).toEqual({
      containers: [
        { name: 'sidecar', image: 'proxy' },
        { name: 'main', env: env('A=1', 'INJECTED=1', 'A=2', 'B=1'), imagePullPolicy: 'Always' },
      ],
    })
  })

  it('drops the other ways of a choice: the strategy, the kind of a volume', () => {
    const before = deployment({ volumes: [{ name: 'v', emptyDir: {} }] })
    const found = deployment(
      {
        volumes: [
          { name: 'v', emptyDir: {} },
          { name: 'token', projected: {} },
        ],
      },
      { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } },
    )
    const declared = deployment(
      { volumes: [{ name: 'v', configMap: { name: 'c' } }] },
      { strategy: { type: 'Recreate' } },
    )
    const merged = mergeApplied(declared, liveAfter(before, found))
    expect(podOf(merged)).toEqual({
      volumes: [
        { name: 'v', configMap: { name: 'c' } },
        { name: 'token', projected: {} },
      ],
    })
    expect(merged['spec']).toMatchObject({ strategy: { type: 'Recreate' } })
    expect(merged['spec']).not.toHaveProperty('strategy.rollingUpdate')
  })

  it('writes the lists of a custom resource as a whole', () => {
    const custom = (containers: readonly object[]): Manifest => ({
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: METADATA,
      spec: { containers },
    })
    const live = liveAfter(custom([]), custom([{ name: 'theirs' }]))
    expect(mergeApplied(custom([{ name: 'ours' }]), live)['spec']).toEqual({ containers: [{ name: 'ours' }] })
  })

  it('leaves what the rules ignore to others, whether it was declared or not', () => {
    const scaled = (spec: object): Manifest => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: METADATA,
      spec,
    })
    const rules = {
      ignorePointers: ['/spec/replicas'],
      ignoreManagers: [],
      ignoreAggregatedRoles: false,
      notSupported: [],
    }
    const live = liveAfter(scaled({ replicas: 1, paused: true }), scaled({ replicas: 5, paused: true }))
    expect(mergeApplied(scaled({}), live, rules)['spec']).toEqual({ replicas: 5 })
    expect(mergeApplied(scaled({}), live)['spec']).toEqual({})
  })

  it('changes nothing the second time, for any declared and live values', () => {
    const value = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.constant(null),
        tie('map'),
        tie('list'),
      ),
      map: fc.dictionary(fc.constantFrom('a', 'b', 'env', 'containers', 'volumes', 'strategy'), tie('tree')),
      list: fc.array(
        fc.oneof(tie('tree'), fc.record({ name: fc.constantFrom('x', 'y'), value: tie('tree') })),
      ),
    }))
    const object = (spec: unknown): Manifest => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: METADATA,
      spec,
    })
    fc.assert(
      fc.property(value.tree, value.tree, value.tree, (former, declared, live) => {
        const once = mergeApplied(object(declared), liveAfter(object(former), object(live)))
        expect(mergeApplied(object(declared), once)).toEqual(once)
      }),
    )
  })
})
