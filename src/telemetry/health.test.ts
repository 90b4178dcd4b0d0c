import { describe, expect, it } from 'vitest'
import { Readiness, eventLoopCheck } from './health.js'

describe('Readiness', () => {
  it('is ready when nothing speaks against it, and names everything that does', async () => {
    const fine = { name: 'fine', reason: async () => undefined }
    expect(await new Readiness([fine]).notReady()).toBeUndefined()
    const down = { name: 'database', reason: async () => 'database: it does not answer' }
    const lag = eventLoopCheck(() => 7)
    expect(await new Readiness([fine, down, lag]).notReady()).toBe(
      'database: it does not answer; event loop: blocked for 7.0 s',
    )
  })

  it('waits for no check longer than it may, and believes none that throws', async () => {
    const hangs = { name: 'database', reason: () => new Promise<never>(() => undefined) }
    const throws = { name: 'leases', reason: () => Promise.reject(new Error('secret')) }
    expect(await new Readiness([hangs, throws], 20).notReady()).toBe(
      'database: no answer in time; leases: the check failed',
    )
  })
})
