import { describe, expect, it } from 'vitest'
import { DEFAULT_SYNC_OPTIONS } from '../application/sync-options.js'
import { applyMode, isImmutableRefusal, mayRecreate, onlyClientSide } from './apply-mode.js'

const job = { group: 'batch', kind: 'Job' }
const facts = {
  kind: job,
  options: { ...DEFAULT_SYNC_OPTIONS, replace: true },
  force: false,
  exists: true,
}

describe('applyMode()', () => {
  it('replaces on request only, and recreates with force', () => {
    expect(applyMode(facts)).toBe('replace')
    expect(applyMode({ ...facts, force: true })).toBe('recreate')
    expect(applyMode({ ...facts, options: { ...facts.options, force: true } })).toBe('recreate')
    expect(applyMode({ ...facts, options: DEFAULT_SYNC_OPTIONS, force: true })).toBe('apply')
  })

  it('applies what is not there', () => {
    expect(applyMode({ ...facts, force: true, exists: false })).toBe('apply')
  })

  it.each(['Namespace', 'CustomResourceDefinition'])('never deletes a %s to change it', (kind) => {
    const held = { ...facts, force: true, kind: { group: '', kind } }
    expect(applyMode(held)).toBe('replace')
    expect(mayRecreate(held)).toBe(false)
  })
})

describe('isImmutableRefusal()', () => {
  it.each([
    'Job.batch "a" is invalid: spec.template: Invalid value: core.PodTemplateSpec{}: field is immutable',
    'Service "a" is invalid: spec.clusterIPs[0]: Invalid value: may not change once set',
    'StatefulSet.apps "a" is invalid: spec: Forbidden: updates to statefulset spec for fields other than … are forbidden',
  ])('knows: %s', (message) => expect(isImmutableRefusal(message)).toBe(true))

  it('takes no other refusal for one', () => {
    expect(isImmutableRefusal('spec.replicas: Invalid value: -1: must be greater than 0')).toBe(false)
    expect(isImmutableRefusal('denied by policy: creation is forbidden')).toBe(false)
  })
})

describe('onlyClientSide()', () => {
  const duplicate =
    'failed to create typed patch object (x/y; apps/v1, Kind=Deployment): duplicate entries for key [name="A"]'
  const unknown =
    'failed to create typed patch object (x/y; v1, Kind=ConfigMap): .dta: field not declared in schema'

  it('knows what a client-side apply takes: items that share a key, unknown fields with Validate=false', () => {
    const options = DEFAULT_SYNC_OPTIONS
    expect(onlyClientSide(duplicate, options)).toBe(
      'it declares two items with the key [name="A"] in one list',
    )
    expect(onlyClientSide(unknown, { ...options, validate: false })).toContain('Validate=false')
  })

  it('takes no other refusal for one, and none with ServerSideApply=true', () => {
    expect(onlyClientSide(unknown, DEFAULT_SYNC_OPTIONS)).toBeUndefined()
    expect(onlyClientSide('spec.replicas: Invalid value: -1', DEFAULT_SYNC_OPTIONS)).toBeUndefined()
    expect(onlyClientSide(duplicate, { ...DEFAULT_SYNC_OPTIONS, serverSideApply: true })).toBeUndefined()
  })
})
