import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromJob, toJob } from './doorbell-job.js'

describe('a job of the queue', () => {
  it('J-01 holds the key and nothing else, whatever else hangs on a doorbell', () => {
    for (const doorbell of [
      { kind: 'repository', id: 'r1' },
      { kind: 'cluster', id: 'c1' },
      { kind: 'application', id: 'a1', cluster: 'c1' },
    ] as const) {
      const laden = { ...doorbell, password: 'CANARY', manifest: { data: 'CANARY' } }
      const job = toJob(laden)
      expect(job.data).toEqual(doorbell)
      expect(JSON.stringify(job)).not.toContain('CANARY')
    }
  })

  it('J-02 of somebody else is a key at most: no user, no operation, no target of it is ever read', () => {
    const forged = {
      kind: 'application',
      id: 'a1',
      user: 'admin',
      operation: 'o1',
      epoch: 9,
      server: 'https://x',
    }
    expect(fromJob(forged)).toEqual({ kind: 'application', id: 'a1' })
    fc.assert(
      fc.property(fc.anything(), (content) => {
        const read = fromJob(content)
        if (read === undefined) return
        expect(Object.keys(read).sort().join()).toMatch(/^(?:cluster,)?id,kind$/)
        expect(Object.values(read).every((value) => typeof value === 'string')).toBe(true)
      }),
    )
  })
})
