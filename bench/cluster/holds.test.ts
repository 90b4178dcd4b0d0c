import { describe, expect, it } from 'vitest'
import { holds } from './holds.js'

describe('holds()', () => {
  it('does not mind what the server added', () => {
    expect(holds({ a: { b: 1, added: 2 } }, { a: { b: 1 } })).toBe(true)
  })

  it.each([
    [{ a: 1 }, { a: 2 }],
    [{}, { a: 1 }],
    [{ list: [1, 2] }, { list: [1] }],
    [{ list: [{ port: 9090 }] }, { list: [{ port: 80 }] }],
    [undefined, { a: 1 }],
    [{ a: null }, { a: {} }],
  ])('%j does not hold %j', (live, declared) => {
    expect(holds(live, declared)).toBe(false)
  })
})
