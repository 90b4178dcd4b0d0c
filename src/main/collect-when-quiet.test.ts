import { describe, expect, it } from 'vitest'
import { isCollectionDue } from './collect-when-quiet.js'

const MB = 2 ** 20

describe('isCollectionDue()', () => {
  it.each([
    ['a burst is over', { cpuShare: 0.02, held: 240 * MB, needed: 100 * MB }, true],
    ['the first quiet moment', { cpuShare: 0.02, held: 240 * MB, needed: undefined }, true],
    ['it works', { cpuShare: 0.4, held: 240 * MB, needed: 100 * MB }, false],
    ['little was left behind', { cpuShare: 0.02, held: 130 * MB, needed: 100 * MB }, false],
    ['a small heap grew by little', { cpuShare: 0, held: 27 * MB, needed: 16 * MB }, false],
  ])('%s: %o is %s', (_title, use, expected) => {
    expect(isCollectionDue(use)).toBe(expected)
  })
})
