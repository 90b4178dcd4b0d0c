import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FairLine, type Lane } from './fair-line.js'

const everybody = (): boolean => true
const anyLane: fc.Arbitrary<Lane> = fc.record({
  group: fc.constantFrom('a', 'b', 'c'),
  subgroup: fc.constantFrom('p', 'q', 'r'),
})

function drained(line: FairLine): readonly { readonly key: string; readonly lane: Lane }[] {
  const taken = []
  for (let next = line.take(everybody); next !== undefined; next = line.take(everybody)) taken.push(next)
  return taken
}

/** How often the most frequent of the texts comes. */
function mostOften(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => texts.filter((other) => other === text).length))
}

describe('FairLine', () => {
  it('serves every key once, and the keys of a subgroup in the order of their arrival', () => {
    fc.assert(
      fc.property(fc.array(anyLane, { maxLength: 60 }), (lanes) => {
        const line = new FairLine()
        const keys = lanes.map((lane, at) => ({ key: String(at), lane }))
        for (const { key, lane } of [...keys, ...keys]) line.add(key, lane)
        expect(line.size).toBe(keys.length)
        const taken = drained(line)
        for (const { lane } of keys) {
          const ofLane = ({ lane: other }: { readonly lane: Lane }): boolean =>
            other.group === lane.group && other.subgroup === lane.subgroup
          expect(taken.filter(ofLane)).toEqual(keys.filter(ofLane))
        }
        expect(taken).toHaveLength(keys.length)
        expect(line.size).toBe(0)
      }),
    )
  })

  it('serves no other group twice before a key that came alone, whatever was served before', () => {
    fc.assert(
      fc.property(fc.array(anyLane, { maxLength: 40 }), fc.nat(40), (lanes, served) => {
        const line = new FairLine()
        for (const [at, lane] of lanes.entries()) line.add(String(at), lane)
        for (let i = 0; i < served; i += 1) line.take(everybody)
        line.add('alone', { group: 'new', subgroup: 'p' })
        const groups = drained(line).map(({ key, lane }) => (key === 'alone' ? key : lane.group))
        expect(mostOften(groups.slice(0, groups.indexOf('alone')))).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('serves no other project of the cluster twice before a project that came alone', () => {
    fc.assert(
      fc.property(fc.array(anyLane, { maxLength: 40 }), fc.nat(40), (lanes, served) => {
        const line = new FairLine()
        for (const [at, lane] of lanes.entries()) line.add(String(at), lane)
        for (let i = 0; i < served; i += 1) line.take(everybody)
        line.add('alone', { group: 'a', subgroup: 'new' })
        const taken = drained(line)
        const before = taken.slice(
          0,
          taken.findIndex(({ key }) => key === 'alone'),
        )
        const projects = before.filter(({ lane }) => lane.group === 'a').map(({ lane }) => lane.subgroup)
        expect(mostOften(projects)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('does not let a thousand keys of one group delay the single key of another', () => {
    const line = new FairLine()
    for (let i = 0; i < 1_000; i += 1) line.add(`many${i}`, { group: 'many', subgroup: `p${i % 7}` })
    for (let i = 0; i < 500; i += 1) line.take(everybody)
    line.add('single', { group: 'few', subgroup: 'p' })
    const next = [line.take(everybody)?.key, line.take(everybody)?.key]
    expect(next).toContain('single')
  })

  it('passes over a group that may not be served, and keeps its place', () => {
    const line = new FairLine()
    for (const key of ['a1', 'a2']) line.add(key, { group: 'a', subgroup: '' })
    line.add('b1', { group: 'b', subgroup: '' })
    const notA = (group: string): boolean => group !== 'a'
    expect(line.take(notA)?.key).toBe('b1')
    expect(line.take(notA)).toBeUndefined()
    expect(line.has('a1')).toBe(true)
    expect(drained(line).map(({ key }) => key)).toEqual(['a1', 'a2'])
  })
})
