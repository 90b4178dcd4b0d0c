import { describe, expect, it } from 'vitest'
import { confirmationWish, DELETION_APPROVED, isDeletionApproved } from './deletion-approval.js'

const SINCE = '2026-01-01T10:00:00.000Z'

describe('isDeletionApproved() [1.4 Confirm gate]', () => {
  it.each([
    ['2026-01-01T10:00:01Z', true],
    ['2026-01-01T12:00:01+02:00', false],
    ['2026-01-01T10:00:00.000Z', false],
    ['2025-12-31T23:00:00Z', false],
    ['true', false],
    [undefined, false],
  ])('%s is an agreement: %s', (value, expected) => {
    const annotations = value === undefined ? {} : { [DELETION_APPROVED]: value }
    expect(isDeletionApproved(annotations, SINCE)).toBe(expected)
  })

  it('names what is waited for, not all of a hundred', () => {
    const names = Array.from({ length: 100 }, (_one, at) => `/ConfigMap/shop/c${at}`)
    const wish = confirmationWish('shop', names)
    expect(wish).toContain('/ConfigMap/shop/c4 and 95 more')
    expect(wish).toContain('lockstep app confirm-deletion shop')
  })
})
