import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ApplicationStatus } from './application-status.js'
import { effectiveStatus, freshnessLimits, type Freshness } from './freshness.js'
import { millisecondsOf } from './instant.js'

const status: ApplicationStatus = {
  applicationId: '1',
  sync: 'Synced',
  health: { status: 'Healthy' },
  revisions: [],
  conditions: [],
  resources: [
    {
      ...{ group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web', version: 'v1' },
      status: 'Synced',
    },
    {
      ...{ group: '', kind: 'Service', namespace: 'shop', name: 'web', version: 'v1' },
      status: 'Synced',
      health: { status: 'Healthy' },
    },
  ],
  observedGeneration: 1,
  observedAt: '2026-01-01T00:00:00Z',
}

function at(second: number): string {
  return new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
}

function shown(freshness: Partial<Freshness>) {
  const fresh = {
    clusterObservedAt: at(100),
    comparedSinceBegin: true,
    headCheckedAt: at(100),
    now: at(100),
    limits: freshnessLimits(15),
  }
  return effectiveStatus(status, { ...fresh, ...freshness })
}

describe('effectiveStatus()', () => {
  it('passes a status that both sides confirmed within three intervals', () => {
    expect(shown({ now: at(145) })).toBe(status)
    expect(shown({ now: at(100), clusterObservedAt: at(200) })).toBe(status)
  })

  it('is Unknown with the reason when the cluster is silent', () => {
    const view = shown({ now: at(146), headCheckedAt: at(146) })
    expect(view).toMatchObject({
      sync: 'Unknown',
      health: { status: 'Unknown', message: 'The cluster was not observed for 46 s' },
      staleReason: 'The cluster was not observed for 46 s',
    })
    expect(view.resources.map((resource) => [resource.status, resource.health?.status])).toEqual([
      ['Unknown', undefined],
      ['Unknown', 'Unknown'],
    ])
  })

  it('keeps health when only the repository was not checked', () => {
    const view = shown({ headCheckedAt: at(10) })
    expect(view).toMatchObject({ sync: 'Unknown', health: { status: 'Healthy' } })
    expect(shown({ headCheckedAt: at(10), limits: freshnessLimits(60) }).sync).toBe('Synced')
  })

  it('is Unknown until it is compared by the owner that observes now', () => {
    expect(shown({ comparedSinceBegin: false })).toMatchObject({
      sync: 'Unknown',
      health: { status: 'Unknown' },
      staleReason: 'Not compared yet since observation of the cluster began',
    })
  })

  it('is Unknown with its objects of a kind whose watch is dead, and only with those', () => {
    const view = shown({ blindKinds: { '/Service': 'the stream is silent' } })
    expect(view).toMatchObject({
      sync: 'Unknown',
      health: { status: 'Unknown' },
      staleReason: 'Service cannot be observed: the stream is silent',
    })
    expect(view.resources.map((resource) => resource.status)).toEqual(['Synced', 'Unknown'])
    expect(shown({ blindKinds: {} })).toBe(status)
  })

  it('takes never and unreadable for stale, a pinned revision for fresh', () => {
    expect(shown({ clusterObservedAt: undefined }).health.status).toBe('Unknown')
    expect(shown({ headCheckedAt: undefined }).sync).toBe('Unknown')
    expect(shown({ headCheckedAt: 'yesterday' }).sync).toBe('Unknown')
    expect(shown({ headCheckedAt: null }).sync).toBe('Synced')
  })
})

describe('effectiveStatus(), for all facts', () => {
  it('shows green only when everything was seen within its limit, and never gets greener with age', () => {
    const second = fc.option(fc.integer({ min: 0, max: 2000 }), { nil: undefined })
    const facts = fc.record({
      clusterObservedAt: second.map((value) => value && value * 1000),
      headCheckedAt: fc.oneof(
        second.map((value) => value && value * 1000),
        fc.constant(null),
      ),
      comparedSinceBegin: fc.boolean(),
      blindKinds: fc.constantFrom({}, { '/Service': 'dead' }, undefined),
      now: fc.integer({ min: 0, max: 2_000_000 }),
    })
    fc.assert(
      fc.property(facts, fc.integer({ min: 0, max: 1_000_000 }), (freshness, later) => {
        const limits = freshnessLimits(60)
        const view = effectiveStatus(status, { ...freshness, limits })
        const { now, clusterObservedAt, headCheckedAt, comparedSinceBegin, blindKinds } = freshness
        const seen =
          clusterObservedAt !== undefined && now - clusterObservedAt <= limits.clusterMs && comparedSinceBegin
        const headSeen =
          headCheckedAt === null || (headCheckedAt !== undefined && now - headCheckedAt <= limits.headMs)
        const blind = blindKinds !== undefined && '/Service' in blindKinds
        expect(view.sync === 'Synced').toBe(seen && headSeen && !blind)
        expect(view.health.status === 'Healthy').toBe(seen && !blind)
        expect(view.staleReason === undefined).toBe(view.sync === 'Synced')
        const older = effectiveStatus(status, { ...freshness, limits, now: now + later })
        if (view.sync === 'Unknown') expect(older.sync).toBe('Unknown')
      }),
    )
  })
})

describe('millisecondsOf()', () => {
  it('agrees with the platform for every ISO time', () => {
    const dates = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(dates, (date) => {
        expect(millisecondsOf(date.toISOString())).toBe(date.getTime())
      }),
    )
  })

  it('reads times without a fraction and with micro seconds', () => {
    expect(millisecondsOf('1970-01-01T00:00:01Z')).toBe(1000)
    expect(millisecondsOf('1970-01-01T00:00:01.234567Z')).toBe(1234)
    expect(millisecondsOf('1970-01-01T00:00:01.5+00:00')).toBe(1500)
    expect(millisecondsOf('1970-01-01')).toBeUndefined()
    expect(millisecondsOf(Number.NaN)).toBeUndefined()
  })
})
