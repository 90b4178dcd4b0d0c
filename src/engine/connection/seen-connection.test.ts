import { describe, expect, it } from 'vitest'
import { seenConnection } from './seen-connection.js'

const ANSWERED = { status: 'Successful', message: '', checkedAt: '2026-01-01T00:00:00Z' } as const

describe('seenConnection()', () => {
  it.each([undefined, 0, 45_000])('an answer counts for three intervals (%s ms)', (ageMs) => {
    expect(seenConnection(ANSWERED, ageMs)).toBe(ANSWERED)
  })

  it('[1.8 Cluster status] what nobody observed since is unknown, with how long', () => {
    const seen = seenConnection(ANSWERED, 45_001)
    expect(seen).toMatchObject({ status: 'Unknown', checkedAt: ANSWERED.checkedAt })
    expect(seen.message).toContain('not observed for 45 s')
  })

  it('a failure stays what it was', () => {
    const failed = { status: 'Failed', message: 'no route', stage: 'TCP' } as const
    expect(seenConnection(failed, 1_000_000)).toBe(failed)
  })
})
