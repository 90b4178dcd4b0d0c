import { describe, expect, it } from 'vitest'
import type { JsonObject, Manifest } from '../manifest/manifest.js'
import { applyJsonPatch } from '../patch/json-patch.js'
import { NO_COMPARE_RULES } from './compare-rules.js'
import { parseFieldSet, type FieldSet } from './field-set.js'
import { judgeLive, type LiveVerdict } from './judge-live.js'
import { projectedText } from './project-on.js'

const hash = (text: string): string => `#${text}`

const desired: Manifest = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      spec: { containers: [{ name: 'a', image: 'a:1', resources: { limits: { cpu: '1000m' } } }] },
    },
  },
}

const fieldSet = parseFieldSet({
  'f:metadata': { 'f:labels': { 'f:app': {} } },
  'f:spec': {
    'f:replicas': {},
    'f:selector': {},
    'f:template': {
      'f:spec': {
        'f:containers': {
          'k:{"name":"a"}': {
            '.': {},
            'f:name': {},
            'f:image': {},
            'f:resources': { 'f:limits': { 'f:cpu': {} } },
          },
        },
      },
    },
  },
}) as FieldSet

const CONTAINER = '/spec/template/spec/containers/0'

type Change = readonly [op: 'add' | 'replace' | 'remove', path: string, value?: unknown]

/** What the server made of the declaration, and then somebody's changes. */
function live(...changes: readonly Change[]): Manifest {
  const stored: readonly Change[] = [
    ['replace', `${CONTAINER}/resources/limits/cpu`, '1'],
    ['add', `${CONTAINER}/imagePullPolicy`, 'Always'],
    ['add', '/metadata/resourceVersion', '1'],
  ]
  const steps = [...stored, ...changes].map(([op, path, value]) => ({ op, path, value }))
  return applyJsonPatch(desired as JsonObject, steps) as unknown as Manifest
}

const appliedHash = hash(projectedText(fieldSet, live()))

function judge(object: Manifest, declared = desired): LiveVerdict {
  return judgeLive({ fieldSet, appliedHash, desired: declared, live: object, hash })
}

describe('judgeLive()', () => {
  it('takes an equal hash as in sync, whatever others did', () => {
    const changed = live(
      ['replace', '/metadata/resourceVersion', '9'],
      ['add', '/metadata/labels/other', 'x'],
      ['add', CONTAINER, { name: 'sidecar' }],
      ['add', '/status', { replicas: 2 }],
    )
    expect(judge(changed)).toBe('inSync')
  })

  it('names a changed field', () => {
    const changed = live(['replace', '/spec/replicas', 5], ['replace', `${CONTAINER}/image`, 'a:2'])
    expect(judge(changed)).toEqual({
      kind: 'suspect',
      differences: [
        { path: '/spec/replicas', desired: 2, live: 5 },
        { path: '/spec/template/spec/containers/0/image', desired: 'a:1', live: 'a:2' },
      ],
    })
  })

  it('leaves out what the rules ignore', () => {
    const changed = live(['replace', '/spec/replicas', 5])
    const rules = { ...NO_COMPARE_RULES, ignorePointers: ['/spec/replicas'] }
    expect(judgeLive({ fieldSet, appliedHash, desired, live: changed, hash, rules })).not.toMatchObject({
      kind: 'suspect',
    })
  })

  it('names a removed item of a list-map', () => {
    const changed = live(['replace', CONTAINER, { name: 'sidecar' }])
    expect(judge(changed)).toMatchObject({
      kind: 'suspect',
      differences: [{ path: '/spec/template/spec/containers/0' }],
    })
  })

  it('takes another spelling of a quantity as in sync', () => {
    const respelled = live(['replace', `${CONTAINER}/resources/limits/cpu`, '1.0'])
    expect(judge(respelled)).toBe('inSync')
  })

  it('leaves a changed atomic leaf to the server', () => {
    expect(judge(live(['add', '/spec/selector/matchLabels/more', 'x']))).toBe('undecidable')
    expect(judge(live(['add', '/spec/selector/matchLabels/app', 'x']))).toBe('undecidable')
  })

  it('lets others fill a declared empty map that is known to be granular, and no other', () => {
    const set = parseFieldSet({
      'f:metadata': { 'f:labels': {} },
      'f:spec': { 'f:selector': {} },
    }) as FieldSet
    const evidence = {
      fieldSet: set,
      appliedHash: '',
      desired: { ...desired, metadata: { name: 'web', labels: {} } },
      hash,
    }
    expect(judgeLive({ ...evidence, live: live(['add', '/metadata/labels/more', 'x']) })).toBe('inSync')
    const open = { ...evidence.desired, spec: { selector: {} } }
    expect(judgeLive({ ...evidence, desired: open, live: live() })).toBe('undecidable')
  })

  it('leaves another version and an owned field without declaration to the server', () => {
    expect(judge({ ...live(['replace', '/spec/replicas', 3]), apiVersion: 'apps/v1beta1' })).toBe(
      'undecidable',
    )
    const less = { ...desired, spec: { ...(desired['spec'] as object), replicas: undefined } }
    expect(judge(live(['replace', '/spec/replicas', 3]), less)).toBe('undecidable')
  })

  it('names an atomic leaf that is gone', () => {
    expect(judge(live(['remove', '/spec/selector']))).toMatchObject({
      differences: [{ path: '/spec/selector' }],
    })
  })

  it('compares stringData of a Secret with live data', () => {
    const set = parseFieldSet({ 'f:data': { 'f:a': {} } }) as FieldSet
    const secret: Manifest = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      stringData: { a: 'x' },
    }
    const stored = (a: string): Manifest => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { a },
    })
    const evidence = { fieldSet: set, appliedHash: '', desired: secret, hash }
    expect(judgeLive({ ...evidence, live: stored('eA==') })).toBe('inSync')
    expect(judgeLive({ ...evidence, live: stored('eQ==') })).toMatchObject({ kind: 'suspect' })
  })
})
