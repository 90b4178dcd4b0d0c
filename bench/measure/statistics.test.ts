import { describe, expect, it } from 'vitest'
import { ratioOf } from './result.js'
import { median, quantile } from './statistics.js'

const measurement = {
  wall_s: 2,
  latencies_ms: [],
  p50_ms: null,
  p95_ms: null,
  p99_ms: null,
  calls: 0,
  calls_per_object: null,
  cpu_s: 0,
  pss_mb: 0,
  requests_per_s: null,
  figures: {},
}

describe('quantile()', () => {
  it('takes the nearest rank and says nothing about nothing', () => {
    expect(quantile([5, 1, 3, 2, 4], 0.95)).toBe(5)
    expect(median([5, 1, 3])).toBe(3)
    expect(median([])).toBeNull()
  })
})

describe('ratioOf()', () => {
  it('divides wall times, or medians where there are latencies', () => {
    expect(ratioOf({ ours: { ...measurement, wall_s: 3 }, floor: measurement })).toBe(1.5)
    const ours = { ...measurement, p50_ms: 9 }
    expect(ratioOf({ ours, floor: { ...measurement, p50_ms: 3 } })).toBe(3)
  })

  it('is null when one side did not run', () => {
    expect(ratioOf({ ours: null, floor: measurement })).toBeNull()
  })
})
