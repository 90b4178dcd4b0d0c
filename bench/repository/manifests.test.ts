import { describe, expect, it } from 'vitest'
import { allManifests, manifestsOf } from './manifests.js'

const shape = { apps: 3, objects: 10, variant: 'plain', seed: 7 } as const

describe('manifestsOf()', () => {
  it('gives the same objects for the same seed and others for another', () => {
    expect(manifestsOf(1, shape)).toEqual(manifestsOf(1, shape))
    expect(manifestsOf(1, { ...shape, seed: 8 })).not.toEqual(manifestsOf(1, shape))
  })

  it('declares a Deployment, a Service, an Ingress, an autoscaler, an account and five ConfigMaps', () => {
    const kinds = manifestsOf(0, shape).map((manifest) => manifest.kind)
    expect(kinds.toSorted()).toEqual([
      'ConfigMap',
      'ConfigMap',
      'ConfigMap',
      'ConfigMap',
      'ConfigMap',
      'Deployment',
      'HorizontalPodAutoscaler',
      'Ingress',
      'Service',
      'ServiceAccount',
    ])
  })

  it('never declares two objects of one name', () => {
    const keys = [...allManifests(shape)].map(
      ({ kind, metadata }) => `${kind} ${metadata.namespace} ${metadata.name}`,
    )
    expect(new Set(keys).size).toBe(30)
  })

  it('declares one ConfigMap of 2 KB in the variant cm1', () => {
    const [only, ...more] = manifestsOf(0, { ...shape, variant: 'cm1', objects: 1 })
    expect(more).toEqual([])
    expect(JSON.stringify(only?.['data']).length).toBeGreaterThan(2000)
  })
})
