import { describe, expect, it } from 'vitest'
import type { JsonObject, Manifest } from '../manifest/manifest.js'
import { NO_COMPARE_RULES } from './compare-rules.js'
import { respectIgnored } from './respect-ignored.js'

const METADATA = { name: 'web', namespace: 'shop' }

function deployment(spec: object, owned?: JsonObject): Manifest {
  const entry = { manager: 'argocd-controller', operation: 'Apply', apiVersion: 'apps/v1' } as const
  const managedFields = owned === undefined ? [] : [{ ...entry, fieldsV1: owned }]
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { ...METADATA, managedFields }, spec }
}

function pod(containers: readonly object[]): object {
  return { template: { spec: { containers } } }
}

const ignoring = (...ignorePointers: readonly string[]) => ({ ...NO_COMPARE_RULES, ignorePointers })

describe('respectIgnored()', () => {
  it('leaves out what we never owned, so that nobody takes it from others', () => {
    const live = deployment({ replicas: 5 }, { 'f:spec': { 'f:paused': {} } })
    expect(
      respectIgnored(deployment({ replicas: 1, paused: true }), live, ignoring('/spec/replicas'))['spec'],
    ).toEqual({
      paused: true,
    })
  })

  it('sends as live what we own, declared still or not: leaving it out would remove it', () => {
    const live = deployment({ replicas: 5 }, { 'f:spec': { 'f:replicas': {} } })
    const rules = ignoring('/spec/replicas')
    expect(respectIgnored(deployment({ replicas: 1 }), live, rules)['spec']).toEqual({ replicas: 5 })
    expect(respectIgnored(deployment({}), live, rules)['spec']).toEqual({ replicas: 5 })
  })

  it('follows pointers into lists, and below fields that we own as a whole', () => {
    const key = 'k:{"name":"main"}'
    const owned = {
      'f:template': { 'f:spec': { 'f:containers': { [key]: { '.': {}, 'f:name': {}, 'f:image': {} } } } },
    }
    const live = deployment(
      { ...pod([{ name: 'main', image: 'theirs' }]), selector: { a: '1', b: '2' } },
      {
        'f:spec': { ...owned, 'f:selector': {} },
      },
    )
    const declared = deployment({ ...pod([{ name: 'main', image: 'ours' }]), selector: { a: '9' } })
    const rules = ignoring('/spec/template/spec/containers/0/image', '/spec/selector/a')
    expect(respectIgnored(declared, live, rules)['spec']).toEqual({
      ...pod([{ name: 'main', image: 'theirs' }]),
      selector: { a: '1' },
    })
  })

  it('keeps the identity of the object whatever is ignored, and leaves out the fields of named managers', () => {
    const scaler = {
      manager: 'scaler',
      operation: 'Update',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    } as const
    const live = { ...deployment({ replicas: 5 }), metadata: { ...METADATA, managedFields: [scaler] } }
    const rules = { ...ignoring('/metadata/name', '/kind'), ignoreManagers: ['scaler'] }
    const sent = respectIgnored(deployment({ replicas: 1, paused: true }), live, rules)
    expect(sent).toMatchObject({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: METADATA })
    expect(sent['spec']).toEqual({ paused: true })
  })
})
