import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDuration } from './parse-duration.js'

describe('parseDuration() reads Go durations', () => {
  it.each([
    ['5s', 5000],
    ['3m', 180_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['.5s', 500],
    ['100ms', 100],
    ['30', 30_000],
    ['0', 0],
  ])('parseDuration() of %s is %i ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds)
  })

  it.each(['', 's', '5x', '5 s', '-5s', '1h-', '5s!', '1d', '9'.repeat(50)])(
    'parseDuration() refuses "%s"',
    (text) => {
      expect(parseDuration(text)).toBeUndefined()
    },
  )

  it('parseDuration() adds its parts', () => {
    fc.assert(
      fc.property(fc.nat(99), fc.nat(59), fc.nat(59), (h, m, s) => {
        expect(parseDuration(`${h}h${m}m${s}s`)).toBe(((h * 60 + m) * 60 + s) * 1000)
      }),
    )
  })
})
