import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../base/logger.js'
import { LEASE_TIMES } from '../engine/ownership/lease-times.js'
import { MemoryLeaseStore } from '../store/memory/memory-lease-store.js'
import { Ownership, type OwnershipDeps } from './ownership.js'

class FlakyLeases extends MemoryLeaseStore {
  down = false
  override async renew(...args: Parameters<MemoryLeaseStore['renew']>) {
    if (this.down) throw new Error('the database is down')
    return super.renew(...args)
  }
  override async heartbeatWorker(...args: Parameters<MemoryLeaseStore['heartbeatWorker']>) {
    if (this.down) throw new Error('the database is down')
    return super.heartbeatWorker(...args)
  }
}

let leases: FlakyLeases
let keys: string[]
const started: Ownership[] = []

beforeEach(() => {
  vi.useFakeTimers()
  leases = new FlakyLeases()
  keys = ['one', 'two']
})

afterEach(() => {
  for (const ownership of started.splice(0)) ownership.abandon()
  vi.useRealTimers()
})

function worker(id: string, changes: Partial<OwnershipDeps> = {}) {
  const log: string[] = []
  const ownership = new Ownership({
    kind: 'cluster',
    role: 'cluster-worker',
    holder: { id, run: `${id}-1`, address: '' },
    leases: changes.leases ?? leases,
    keys: async () => keys,
    times: LEASE_TIMES,
    clock: { now: () => Date.now(), monotonic: () => Date.now() },
    logger: silentLogger,
    onGained: (key, epoch) => void log.push(`+${key}@${epoch}`),
    onLost: (key) => void log.push(`-${key}`),
    ...changes,
  })
  started.push(ownership)
  return { ownership, log }
}

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1_000)

describe('Ownership', () => {
  it('alone, owns everything after the start and keeps it', async () => {
    const { ownership, log } = worker('a')
    await ownership.start()
    expect(log).toEqual(['+one@1', '+two@1'])
    expect(ownership.mayWrite('one')).toBe(true)
    expect(ownership.fence('two')).toEqual({ kind: 'cluster', id: 'two', epoch: 1 })
    await seconds(120)
    expect(log).toHaveLength(2)
    expect(ownership.mayWrite('two')).toBe(true)
  })

  it('owns what is added at the next look, and gives up what is removed', async () => {
    const { ownership, log } = worker('a')
    await ownership.start()
    keys = ['two', 'three']
    await ownership.look()
    await seconds(1)
    expect(ownership.owned()).toEqual(['two', 'three'])
    expect(log.slice(2)).toEqual(['-one', '+three@1'].sort())
    expect(() => ownership.fence('one')).toThrow(/no longer owns/)
  })

  it('stops writing 12 s after the last renewal while the database is down, and goes on after it', async () => {
    const { ownership, log } = worker('a')
    await ownership.start()
    leases.down = true
    await seconds(11.9)
    expect(ownership.mayWrite('one')).toBe(true)
    await seconds(0.2)
    expect(ownership.mayWrite('one')).toBe(false)
    expect(ownership.refuseWrite('one')).toMatch(/not renewed in time/)
    await seconds(30)
    leases.down = false
    await seconds(2)
    expect(ownership.mayWrite('one')).toBe(true)
    expect(log).toHaveLength(2)
  })

  it('takes over from one that died when its lease expires, and writes 2 s later', async () => {
    const first = worker('a')
    await first.ownership.start()
    const second = worker('b')
    await second.ownership.start()
    await seconds(30)
    const left = first.ownership.owned()
    first.ownership.abandon()
    await seconds(LEASE_TIMES.ttlMs / 1_000 + 0.1)
    expect([...second.ownership.owned()].sort()).toEqual(['one', 'two'])
    const gained = left[0] ?? ''
    expect(second.ownership.mayWrite(gained)).toBe(false)
    expect(second.ownership.refuseWrite(gained)).toMatch(/former owner/)
    await seconds(2)
    expect(second.ownership.mayWrite(gained)).toBe(true)
  })

  it('J-07 never writes again to what another took while it stood still', async () => {
    const first = worker('a')
    await first.ownership.start()
    leases.down = true
    await seconds(25)
    leases.down = false
    const holder = { id: 'b', run: 'b-1', address: '' }
    for (const id of keys) await leases.acquire({ kind: 'cluster', id }, holder, { ttlMs: 60_000 })
    expect(first.ownership.mayWrite('one')).toBe(false)
    await seconds(6)
    expect(first.log.slice(2).sort()).toEqual(['-one', '-two'])
    expect(first.ownership.owns('one')).toBe(false)
    expect(first.ownership.refuseWrite('one')).toMatch(/another worker/)
  })

  it('shares with a second worker without a time in which nobody owns a key', async () => {
    const first = worker('a')
    await first.ownership.start()
    const second = worker('b')
    await second.ownership.start()
    let longest = 0
    let gap = 0
    for (let at = 0; at < 20_000; at += 100) {
      await seconds(0.1)
      const owned = [...first.ownership.owned(), ...second.ownership.owned()]
      expect(new Set(owned).size).toBe(owned.length)
      gap = owned.length === keys.length ? 0 : gap + 100
      longest = Math.max(longest, gap)
    }
    expect(first.ownership.owned()).toHaveLength(1)
    expect(second.ownership.owned()).toHaveLength(1)
    expect(longest).toBeLessThanOrEqual(LEASE_TIMES.handOverEveryMs)
  })

  it('drains: hands over to the others as soon as they ask, and nothing is left', async () => {
    const first = worker('a')
    await first.ownership.start()
    const second = worker('b')
    await second.ownership.start()
    await seconds(20)
    const drained = vi.fn()
    void first.ownership.drain().then(drained)
    await seconds(8)
    expect(drained).toHaveBeenCalled()
    expect([...second.ownership.owned()].sort()).toEqual(['one', 'two'])
    expect(keys.every((key) => second.ownership.mayWrite(key))).toBe(true)
    expect(await leases.workers(60_000)).toMatchObject([{ id: 'b' }])
  })

  it('drains at once when nobody else is there', async () => {
    const { ownership, log } = worker('a')
    await ownership.start()
    const drained = vi.fn()
    void ownership.drain().then(drained)
    await seconds(1)
    expect(drained).toHaveBeenCalled()
    expect(log.slice(2)).toEqual(['-one', '-two'])
    expect(ownership.mayWrite('one')).toBe(false)
    expect((await leases.list('cluster')).map(({ held }) => held)).toEqual([false, false])
  })

  it('takes over at once from an earlier run that is known to be dead', async () => {
    const first = worker('a')
    await first.ownership.start()
    first.ownership.abandon()
    const again = { id: 'a', run: 'a-2', address: '' }
    const unsure = worker('a', { holder: again })
    await unsure.ownership.start()
    expect(unsure.ownership.owned()).toEqual([])
    unsure.ownership.abandon()
    const sure = worker('a', { holder: { ...again, run: 'a-3' }, formerRunIsDead: true })
    await sure.ownership.start()
    expect(sure.log).toEqual(['+one@2', '+two@2'])
    expect(sure.ownership.mayWrite('one')).toBe(true)
  })

  it('gains again, in the right epoch and after the grace, what an answer that was lost gave it', async () => {
    const { ownership, log } = worker('a')
    await ownership.start()
    const [key] = keys.map((id) => ({ kind: 'cluster' as const, id }))
    if (key === undefined) throw new Error('no key')
    const other = { id: 'b', run: 'b-1', address: '' }
    await leases.release({ id: 'a', run: 'a-1', address: '' }, [key])
    await leases.acquire(key, other, { ttlMs: 60_000 })
    await leases.release(other, [key])
    await leases.acquire(key, { id: 'a', run: 'a-1', address: '' }, { ttlMs: 20_000 })
    await seconds(5.5)
    await ownership.look()
    expect(log.slice(2)).toEqual(['-one', '+one@3'])
    expect(ownership.fence('one')).toEqual({ kind: 'cluster', id: 'one', epoch: 3 })
  })

  it('refuses times that are not safe', () => {
    expect(() => worker('a', { times: { ...LEASE_TIMES, writeForMs: 15_000 } })).toThrow(/could land/)
  })
})
