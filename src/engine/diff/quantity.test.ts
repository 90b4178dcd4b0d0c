import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64OfText } from './base64.js'
import { sameQuantity } from './quantity.js'

describe('sameQuantity()', () => {
  it.each([
    ['1', '1000m'],
    ['0.5', '500m'],
    ['.5', '500m'],
    ['1Gi', '1024Mi'],
    [1, '1'],
    ['1e3', '1k'],
    ['1E', '1000P'],
    ['-1', '-1000m'],
    ['1.', '1'],
    ['1.5Gi', '1536Mi'],
  ])('%s equals %s', (left, right) => {
    expect(sameQuantity(left, right)).toBe(true)
  })

  it.each([
    ['1', '1001m'],
    ['1G', '1Gi'],
    ['', ''],
    ['m', 'm'],
    ['1x', '1x'],
    ['1K', '1K'],
    [true, true],
    [null, null],
    ['1e9999', '1e9999'],
  ])('%s differs from %s or is none', (left, right) => {
    expect(sameQuantity(left, right)).toBe(false)
  })

  it('agrees with arithmetic on milli', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), (a, b) => {
        expect(sameQuantity(`${a}m`, String(b / 1000))).toBe(a === b)
      }),
    )
  })
})

describe('base64OfText()', () => {
  it('agrees with the encoder of the platform for every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(base64OfText(text)).toBe(Buffer.from(text, 'utf8').toString('base64'))
      }),
    )
  })
})
