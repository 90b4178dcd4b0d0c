import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HEALTH_ORDER } from '../health/health.js'
import { isWorse } from '../health/worst-health.js'
import { assessApplication, type AssessedResource, type AssessmentInput } from './assess-application.js'

const now = '2026-01-02T00:00:00Z'

function resource(facts: Partial<AssessedResource> = {}): AssessedResource {
  const key = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' }
  return { ...key, version: 'v1', status: 'Synced', health: { status: 'Healthy' }, ...facts }
}

const missing = resource({ name: 'gone', status: 'OutOfSync', health: { status: 'Missing' } })

function assess(resources: readonly AssessedResource[], more: Partial<AssessmentInput> = {}) {
  return assessApplication({ applicationId: '1', generation: 3, revisions: ['abc'], resources, now, ...more })
}

describe('assessApplication()', () => {
  it('is Synced and Healthy with nothing to say', () => {
    expect(assess([resource()])).toEqual({
      applicationId: '1',
      sync: 'Synced',
      health: { status: 'Healthy' },
      revisions: ['abc'],
      conditions: [],
      resources: [resource()],
      observedGeneration: 3,
      observedAt: now,
    })
    expect(assess([])).toMatchObject({ sync: 'Synced', health: { status: 'Healthy' } })
  })

  it('is OutOfSync when an object differs, is missing or is extra', () => {
    expect(assess([resource(), resource({ status: 'OutOfSync' })]).sync).toBe('OutOfSync')
    expect(assess([resource(), missing]).sync).toBe('OutOfSync')
    expect(assess([resource({ requiresPruning: true })]).sync).toBe('OutOfSync')
    expect(assess([resource({ status: 'Unknown' })]).sync).toBe('Unknown')
  })

  it('does not mind an extra object with IgnoreExtraneous, and does not keep the mark', () => {
    const extra = resource({ requiresPruning: true, status: 'OutOfSync', ignoreExtraneous: true })
    const status = assess([extra])
    expect(status.sync).toBe('Synced')
    expect(status.resources[0]).not.toHaveProperty('ignoreExtraneous')
  })

  it('is Missing only when nothing is live', () => {
    expect(assess([missing]).health.status).toBe('Missing')
    expect(assess([missing, resource()]).health.status).toBe('Healthy')
  })

  it('names the objects that make it unhealthy', () => {
    const degraded = resource({ health: { status: 'Degraded', message: 'deadline' } })
    const starting = resource({ name: 'api', health: { status: 'Progressing' } })
    expect(assess([starting, degraded]).health).toEqual({
      status: 'Degraded',
      message: 'Deployment shop/web: deadline',
    })
    const four = ['a', 'b', 'c', 'd'].map((name) => resource({ name, health: { status: 'Degraded' } }))
    expect(assess(four).health.message).toBe(
      'Deployment shop/a; Deployment shop/b; Deployment shop/c; and 1 more',
    )
  })

  it('counts extra objects, but none with ignore-healthcheck and no unknown child', () => {
    const health = { status: 'Degraded' } as const
    expect(assess([resource(), resource({ health, requiresPruning: true })]).health.status).toBe('Degraded')
    expect(assess([resource(), resource({ health, ignoreHealthcheck: true })]).health.status).toBe('Healthy')
    const child = { group: 'argoproj.io', kind: 'Application', health: { status: 'Unknown' } } as const
    expect(assess([resource(), resource(child)]).health.status).toBe('Healthy')
  })

  it('is Unknown when the comparison failed, whatever was compared', () => {
    const conditions = [{ type: 'ComparisonError', message: 'no' }] as const
    expect(assess([resource()], { conditions })).toMatchObject({
      sync: 'Unknown',
      health: { status: 'Healthy' },
    })
    expect(assess([], { conditions })).toMatchObject({ sync: 'Unknown', health: { status: 'Unknown' } })
  })

  it('makes a ComparisonError of every problem', () => {
    const problem = { reason: 'forbidden', message: 'not permitted', origin: { file: 'a', line: 1 } } as const
    const status = assess([resource()], { problems: [problem, problem] })
    expect(status.sync).toBe('Unknown')
    expect(status.conditions).toEqual([
      { type: 'ComparisonError', message: 'not permitted', lastTransitionTime: now },
    ])
  })

  it('keeps the time of a condition that goes on', () => {
    const conditions = [{ type: 'SharedResourceWarning', message: 'x' }] as const
    const previous = assess([], { conditions })
    const later = assess([], { conditions, previous, now: '2026-01-03T00:00:00Z' })
    expect(later.sync).toBe('Synced')
    expect(later.conditions[0]?.lastTransitionTime).toBe(now)
  })

  it('never gets healthier by one more live object', () => {
    const health = fc.record({
      status: fc.constantFrom(...HEALTH_ORDER.filter((status) => status !== 'Missing')),
    })
    const resources = fc.array(health.map((one) => resource({ health: one })))
    fc.assert(
      fc.property(resources, health, (some, one) => {
        const before = assess(some).health.status
        const after = assess([...some, resource({ health: one })]).health.status
        expect(isWorse(after, before)).toBe(false)
      }),
    )
  })
})
