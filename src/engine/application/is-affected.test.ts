import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAffected, type RenderRecord } from './is-affected.js'

const before: RenderRecord = {
  generation: 2,
  renderKeys: ['k1', 'k2'],
  inputs: [{ app: 'tree1' }, { 'base/cm.yaml': null }],
}
const same = { generation: 2, inputs: before.inputs, renderKeys: before.renderKeys }
const { error: _none, ...failed }: RenderRecord = { ...before, renderKeys: [] }

describe('isAffected()', () => {
  it('is false when nothing changed, with or without the keys', () => {
    expect(isAffected(before, same)).toBe(false)
    expect(isAffected(before, { generation: 2, inputs: before.inputs })).toBe(false)
  })

  it.each([
    ['a newer spec', { ...same, generation: 3 }],
    ['an input that changed', { ...same, inputs: [{ app: 'tree2' }, { 'base/cm.yaml': null }] }],
    ['an input that appeared', { ...same, inputs: [{ app: 'tree1' }, { 'base/cm.yaml': 'blob' }] }],
    ['an input that vanished', { ...same, inputs: [{ app: null }, { 'base/cm.yaml': null }] }],
    ['another number of sources', { ...same, inputs: [{ app: 'tree1' }] }],
    ['another renderer', { ...same, renderKeys: ['k1', 'other'] }],
  ])('is true for %s', (_, now) => {
    expect(isAffected(before, now)).toBe(true)
  })

  it('is true for what was never rendered', () => {
    expect(isAffected(undefined, same)).toBe(true)
  })

  it('after a failure is true when an input changed, or when no input explains it', () => {
    const broken: RenderRecord = { ...failed, error: 'app/x.yaml:1: broken' }
    expect(isAffected(broken, same)).toBe(false)
    expect(isAffected(broken, { ...same, inputs: [{ app: 'tree2' }, { 'base/cm.yaml': null }] })).toBe(true)
    expect(isAffected({ ...broken, inputs: [] }, same)).toBe(true)
    expect(isAffected({ ...broken, inputs: [] }, { ...same, inputs: [], renderKeys: [] })).toBe(true)
  })

  it('is true exactly when a recorded path has another object, also one that was not looked up', () => {
    const oids = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2', null))
    fc.assert(
      fc.property(oids, oids, (recorded, found) => {
        const same = Object.entries(recorded).every(([path, oid]) => found[path] === oid)
        const record = { ...before, inputs: [recorded], renderKeys: ['k1'] }
        expect(isAffected(record, { generation: 2, inputs: [found], renderKeys: ['k1'] })).toBe(!same)
      }),
    )
  })
})
