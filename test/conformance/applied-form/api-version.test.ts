import { describe, expect, it } from 'vitest'
import { managedFields, ourLeaves } from './field-set.js'
import { at, type Declared, usePlace } from './place.js'

const V1 = 'autoscaling/v1/horizontalpodautoscalers'
const V2 = 'autoscaling/v2/horizontalpodautoscalers'
const place = usePlace()

function autoscaler(apiVersion: string, name: string, spec: object): Declared {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
  const metadata = { name }
  return {
    apiVersion,
    kind: 'HorizontalPodAutoscaler',
    metadata,
    spec: { scaleTargetRef, maxReplicas: 5, ...spec },
  }
}

const first = (name: string) => autoscaler('autoscaling/v1', name, { targetCPUUtilizationPercentage: 50 })

function second(name: string, averageUtilization: number): Declared {
  const resource = { name: 'cpu', target: { type: 'Utilization', averageUtilization } }
  return autoscaler('autoscaling/v2', name, { metrics: [{ type: 'Resource', resource }] })
}

describe('an object declared in another version than the preferred one', () => {
  it('carries our field set in the declared version, whichever version is read', async () => {
    const here = place()
    await here.applied(V1, first('old'))
    const preferred = await here.get(V2, 'old')
    expect(managedFields(preferred)[0]?.apiVersion).toBe('autoscaling/v1')
    expect(ourLeaves(preferred)).toContain('f:spec/f:targetCPUUtilizationPercentage')
    // The field of our set does not exist here: a projection across versions says nothing.
    expect(at(preferred, 'spec.targetCPUUtilizationPercentage')).toBeUndefined()
    expect(at(preferred, 'spec.metrics.0.resource.target.averageUtilization')).toBe(50)
  })

  it('is not rewritten by an apply of the same content in the new version, save for our entry', async () => {
    const here = place()
    const old = await here.applied(V1, first('moved'))
    const moved = await here.applied(V2, second('moved', 50))
    expect(managedFields(moved).map((entry) => [entry.operation, entry.apiVersion])).toEqual([
      ['Apply', 'autoscaling/v2'],
    ])
    expect(ourLeaves(moved)).toContain('f:spec/f:metrics')
    expect(ourLeaves(moved)).not.toContain('f:spec/f:targetCPUUtilizationPercentage')
    expect(moved.metadata['generation']).toBe(old.metadata['generation'])
  })

  it('changes through the new version although it was applied through the old one', async () => {
    const here = place()
    await here.applied(V1, first('changed'))
    const changed = await here.applied(V2, second('changed', 70))
    expect(at(changed, 'spec.metrics.0.resource.target.averageUtilization')).toBe(70)
  })
})
