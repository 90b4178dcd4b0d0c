import { describe, expect, it } from 'vitest'
import type { Desired } from '../store/records.js'
import { isAffected } from './is-affected.js'

const before: Desired = {
  applicationId: 'a',
  generation: 2,
  revisions: ['c1', 'c1'],
  renderKeys: ['k1', 'k2'],
  inputs: [{ app: 'tree1' }, { 'base/cm.yaml': null }],
  updatedAt: '2026-01-01T00:00:00.000Z',
}
const same = { generation: 2, inputs: before.inputs, renderKeys: before.renderKeys }
const { error: _none, ...failed }: Desired = { ...before, renderKeys: [] }

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
    const broken: Desired = { ...failed, error: 'app/x.yaml:1: broken' }
    expect(isAffected(broken, same)).toBe(false)
    expect(isAffected(broken, { ...same, inputs: [{ app: 'tree2' }, { 'base/cm.yaml': null }] })).toBe(true)
    expect(isAffected({ ...broken, inputs: [] }, same)).toBe(true)
    expect(isAffected({ ...broken, inputs: [] }, { ...same, inputs: [], renderKeys: [] })).toBe(true)
  })
})
