import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { aHolder, aKey, unique } from './contract-fixtures.js'
import { fences } from './fence.contract.js'
import type { LeaseKey } from './lease-store.js'
import type { Stores } from './stores.js'

const LONG = { ttlMs: 60_000 }
const SHORT = { ttlMs: 40 }

/** What every LeaseStore does, and what a fence does to the writes of an old owner, whatever the technology. */
export function leaseStoreContract(technology: string, open: () => Promise<Stores>): void {
  describe(`LeaseStore (${technology})`, () => {
    let stores: Stores

    beforeAll(async () => {
      stores = await open()
    })

    leases(() => stores)
    wishes(() => stores)
    fences(() => stores)
  })
}

function leases(stores: () => Stores): void {
  it('acquire() gives a key to one holder only, also of twenty at once', async () => {
    const key = aKey()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => stores().leases.acquire(key, aHolder(), LONG)),
    )
    const [lease, ...others] = answers.filter((answer) => answer !== undefined)
    expect(others).toEqual([])
    expect(lease).toMatchObject({ ...key, epoch: 1, held: true, freeForMs: 0 })
    expect(lease?.formerExpiredForMs).toBeUndefined()
    const { heldForMs, ...row } = (await stores().leases.get(key)) ?? {}
    expect(lease).toMatchObject(row)
    expect(heldForMs).toBeGreaterThan(0)
    expect(heldForMs).toBeLessThanOrEqual(LONG.ttlMs)
  })

  it('acquire() takes what expired, with the next epoch, and says for how long it was free', async () => {
    const key = aKey()
    const [first, second] = [aHolder(), aHolder()]
    await stores().leases.acquire(key, first, SHORT)
    expect(await stores().leases.acquire(key, second, LONG)).toBeUndefined()
    await sleep(80)
    expect(await stores().leases.get(key)).toMatchObject({ owner: first.id, held: false })
    const taken = await stores().leases.acquire(key, second, LONG)
    expect(taken).toMatchObject({ owner: second.id, address: second.address, epoch: 2, held: true })
    expect(taken?.formerExpiredForMs).toBeGreaterThan(0)
    expect(await stores().leases.renew(first, [key], 60_000)).toEqual([])
    await stores().leases.release(first, [key])
    expect(await stores().leases.get(key)).toMatchObject({ owner: second.id, held: true })
  })

  it('acquire() of an own lease keeps the epoch', async () => {
    const key = aKey()
    const holder = aHolder()
    await stores().leases.acquire(key, holder, SHORT)
    await sleep(80)
    const again = await stores().leases.acquire(key, holder, LONG)
    expect(again).toMatchObject({ owner: holder.id, epoch: 1, held: true, formerExpiredForMs: 0 })
  })

  it('acquire() takes over from an earlier run of the same worker only when told that it is dead', async () => {
    const key = aKey()
    const former = aHolder()
    const newer = aHolder(former.id)
    await stores().leases.acquire(key, former, LONG)
    expect(await stores().leases.acquire(key, newer, LONG)).toBeUndefined()
    const taken = await stores().leases.acquire(key, newer, { ...LONG, fromFormerRun: true })
    expect(taken).toMatchObject({ owner: former.id, epoch: 2 })
    expect(taken?.formerExpiredForMs).toBeUndefined()
    expect(await stores().leases.renew(former, [key], 60_000)).toEqual([])
  })

  it('renew() extends what is still owned, also after its expiry', async () => {
    const [kept, given, lost] = [aKey(), aKey(), aKey()]
    const holder = aHolder()
    for (const key of [kept, given, lost]) await stores().leases.acquire(key, holder, SHORT)
    await stores().leases.release(holder, [given])
    await sleep(80)
    await stores().leases.acquire(lost, aHolder(), LONG)
    const renewed = await stores().leases.renew(holder, [kept, given, lost, aKey()], 60_000)
    expect(renewed).toEqual([expect.objectContaining({ ...kept, epoch: 1, held: true })])
    expect(await stores().leases.acquire(kept, aHolder(), LONG)).toBeUndefined()
  })

  it('release() lets the next owner begin at once, with the next epoch', async () => {
    const key = aKey()
    const [first, second] = [aHolder(), aHolder()]
    await stores().leases.acquire(key, first, LONG)
    await stores().leases.release(first, [key])
    const free = await stores().leases.get(key)
    expect(free).toMatchObject({ epoch: 1, held: false })
    expect(free?.owner).toBeUndefined()
    const taken = await stores().leases.acquire(key, second, LONG)
    expect(taken).toMatchObject({ owner: second.id, epoch: 2 })
    expect(taken?.formerExpiredForMs).toBeUndefined()
  })

  it('list() answers one kind', async () => {
    const [cluster, repository]: readonly LeaseKey[] = [
      aKey(),
      { kind: 'repository', id: unique('repository') },
    ]
    if (cluster === undefined || repository === undefined) throw new Error('no keys')
    const holder = aHolder()
    for (const key of [cluster, repository]) await stores().leases.acquire(key, holder, LONG)
    const clusters = (await stores().leases.list('cluster')).map(({ id }) => id)
    expect(clusters).toContain(cluster.id)
    expect(clusters).not.toContain(repository.id)
    expect((await stores().leases.list('repository')).map(({ id }) => id)).toContain(repository.id)
  })
}

function wishes(stores: () => Stores): void {
  it('workers() answers who was seen lately', async () => {
    const [first, second] = [unique('worker'), unique('worker')]
    const beat = { id: first, role: 'cluster-worker', address: 'http://a', draining: false }
    await stores().leases.heartbeatWorker(beat)
    await stores().leases.heartbeatWorker({ ...beat, id: second })
    await stores().leases.heartbeatWorker({ ...beat, draining: true })
    const mine = async (within: number) =>
      (await stores().leases.workers(within)).filter(({ id }) => [first, second].includes(id))
    expect((await mine(60_000)).map(({ seenAt: _seenAt, ...row }) => row)).toEqual([
      { ...beat, draining: true },
      { ...beat, id: second },
    ])
    await sleep(50)
    expect(await mine(20)).toEqual([])
    await stores().leases.removeWorker(first)
    expect((await mine(60_000)).map(({ id }) => id)).toEqual([second])
  })

  it('want() keeps the first wish while that worker lives, and a new owner ends it', async () => {
    const key = aKey()
    const owner = aHolder()
    const [first, second] = [aHolder(), aHolder()]
    const beat = { id: first.id, role: 'cluster-worker', address: '', draining: false }
    await stores().leases.acquire(key, owner, LONG)
    await stores().leases.heartbeatWorker(beat)
    const wish = async () => (await stores().leases.get(key))?.wantedBy
    await stores().leases.want(owner.id, [key], 60_000)
    expect(await wish()).toBeUndefined()
    await stores().leases.want(first.id, [key, aKey()], 60_000)
    await stores().leases.want(second.id, [key], 60_000)
    expect(await wish()).toBe(first.id)
    expect(await stores().leases.renew(owner, [key], 60_000)).toMatchObject([{ wantedBy: first.id }])
    await stores().leases.heartbeatWorker({ ...beat, draining: true })
    await stores().leases.want(second.id, [key], 60_000)
    expect(await wish()).toBe(second.id)
    await stores().leases.release(owner, [key])
    expect(await wish()).toBe(second.id)
    await stores().leases.acquire(key, second, LONG)
    expect(await wish()).toBeUndefined()
  })
}
