import { describe, expect, it } from 'vitest'
import { warningsOf } from './warning-header.js'

describe('warningsOf()', () => {
  it('reads one header, several, and several in one', () => {
    expect(warningsOf({ headers: {} })).toEqual([])
    expect(warningsOf({ headers: { warning: '299 - "a"' } })).toEqual(['a'])
    expect(warningsOf({ headers: { warning: ['299 - "a"', '299 - "b, c"'] } })).toEqual(['a', 'b, c'])
    expect(warningsOf({ headers: { warning: '299 - "say \\"a\\"", 299 - "b"' } })).toEqual(['say "a"', 'b'])
  })
})
