import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ApplicationStatus } from './application-status.js'
import { effectiveStatus, type Freshness } from './freshness.js'
import { millisecondsOf } from './instant.js'

const status: ApplicationStatus = {
  applicationId: '1',
  sync: 'Synced',
  health: { status: 'Healthy' },
  revisions: [],
  conditions: [],
  resources: [],
  observedGeneration: 1,
  observedAt: '2026-01-01T00:00:00Z',
}

function at(second: number): string {
  return new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
}

function shown(freshness: Partial<Freshness>) {
  const fresh = { clusterObservedAt: at(100), headCheckedAt: at(100), now: at(100), intervalMs: 15_000 }
  return effectiveStatus(status, { ...fresh, ...freshness })
}

describe('effectiveStatus()', () => {
  it('passes a status that both sides confirmed within three intervals', () => {
    expect(shown({ now: at(145) })).toBe(status)
    expect(shown({ now: at(100), clusterObservedAt: at(200) })).toBe(status)
  })

  it('is Unknown with the reason when the cluster is silent', () => {
    expect(shown({ now: at(146), headCheckedAt: at(146) })).toEqual({
      ...status,
      sync: 'Unknown',
      health: { status: 'Unknown', message: 'The cluster was not observed for 46 s' },
      staleReason: 'The cluster was not observed for 46 s',
    })
  })

  it('keeps health when only the repository was not checked', () => {
    const view = shown({ headCheckedAt: at(10) })
    expect(view).toMatchObject({ sync: 'Unknown', health: { status: 'Healthy' } })
    expect(shown({ headCheckedAt: at(10), headIntervalMs: 60_000 }).sync).toBe('Synced')
  })

  it('takes never and unreadable for stale, a pinned revision for fresh', () => {
    expect(shown({ clusterObservedAt: undefined }).health.status).toBe('Unknown')
    expect(shown({ headCheckedAt: undefined }).sync).toBe('Unknown')
    expect(shown({ headCheckedAt: 'yesterday' }).sync).toBe('Unknown')
    expect(shown({ headCheckedAt: null }).sync).toBe('Synced')
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
