import { expect, it } from 'vitest'
import {
  aDesired,
  aHolder,
  aKey,
  aManagedObject,
  anApplication,
  anOperation,
  aRecord,
  aStatus,
} from './contract-fixtures.js'
import type { LeaseKey } from './lease-store.js'
import { aPlace } from './list-fixtures.js'
import type { Fence } from './records.js'
import type { Stores } from './stores.js'

const LONG = { ttlMs: 60_000 }
const OUTDATED = { code: 'CONFLICT', retry: 'never', message: expect.stringMatching(/no longer owns/) }
const FAILED = { status: 'Failed', message: 'no answer', checkedAt: '2026-01-02T03:04:05.678Z' } as const

/** What a fence does to the writes of an old owner. */
export function fences(stores: () => Stores): void {
  /** The fences of the old and the new owner. */
  const ofBoth = async (key: LeaseKey) => {
    const old = aHolder()
    const before = await stores().leases.acquire(key, old, LONG)
    await stores().leases.release(old, [key])
    const after = await stores().leases.acquire(key, aHolder(), LONG)
    const fence = (epoch = 0): Fence => ({ ...key, epoch })
    return { outdated: fence(before?.epoch), current: fence(after?.epoch) }
  }

  /** An application, a running operation on it, and the fences of the old and the new owner of its cluster. */
  const taken = async () => {
    const application = anApplication()
    await stores().applications.create(application, aRecord('create-application'))
    const operation = anOperation(application.id)
    await stores().operations.start(operation, aRecord('start-sync'))
    return { application, operation, ...(await ofBoth(aKey())) }
  }

  it('an outdated fence changes no status and no inventory', async () => {
    const { application, outdated, current } = await taken()
    const { applications } = stores()
    const kept = aManagedObject(application.id)
    await applications.saveStatuses([aStatus(application.id)], current)
    await applications.saveManaged([kept], current)
    const late = [
      applications.saveStatuses([aStatus(application.id, { sync: 'Unknown' })], outdated),
      applications.saveStatuses([aStatus(application.id, { sync: 'Unknown' })], [current, outdated]),
      applications.saveManaged([aManagedObject(application.id, { name: 'late' })], outdated),
      applications.removeManaged([kept], outdated),
      applications.remove(application.id, aRecord('remove-application'), outdated),
    ]
    await expectRefused(late)
    expect(await applications.status(application.id)).toEqual(aStatus(application.id))
    expect(await applications.inventory(application.id)).toEqual([kept])
    expect(await applications.get(application.id)).toEqual(application)
    await applications.removeManaged([kept], current)
    await applications.remove(application.id, aRecord('remove-application'), current)
    expect(await applications.get(application.id)).toBeUndefined()
  })

  it('J-07 an outdated fence changes no operation and records nothing', async () => {
    const { operation, outdated, current } = await taken()
    const { operations, audit } = stores()
    const newest = async () => (await audit.list(1))[0]?.id
    const step = { operationId: operation.id, sequence: 1, kind: 'applied', content: {} } as const
    const end = { ...operation, phase: 'Failed' as const, finishedAt: '2026-01-02T03:05:00.000Z' }
    const before = await newest()
    const late = [
      operations.appendSteps([step], outdated),
      operations.save({ ...operation, message: 'late' }, outdated),
      operations.finish(end, aRecord('finish-sync'), { fence: outdated }),
    ]
    await expectRefused(late)
    expect(await operations.get(operation.id)).toEqual(operation)
    expect(await operations.steps(operation.id)).toEqual([])
    expect(await newest()).toBe(before)
    await operations.appendSteps([step], current)
    expect(await operations.save({ ...operation, message: 'now' }, current)).toBe(true)
    expect(await operations.finish(end, aRecord('finish-sync'), { fence: current })).toBe(true)
    expect(await operations.save(operation, current)).toBe(false)
    expect(await operations.steps(operation.id)).toMatchObject([step])
  })

  it('A-29 an outdated fence starts no operation', async () => {
    const { operation, outdated, current } = await taken()
    const { operations, audit } = stores()
    const end = { ...operation, phase: 'Succeeded' as const, finishedAt: '2026-01-02T03:05:00.000Z' }
    await operations.finish(end, aRecord('finish-sync'), { fence: current })
    const newest = (await audit.list(1))[0]?.id
    const next = anOperation(operation.applicationId)
    await expectRefused([operations.start(next, aRecord('start-sync'), { fence: outdated })])
    expect(await operations.get(next.id)).toBeUndefined()
    expect((await audit.list(1))[0]?.id).toBe(newest)
    expect(await operations.start(next, aRecord('start-sync'), { fence: current })).toEqual(next)
  })

  it('an outdated fence says nothing about a cluster, and pins none', async () => {
    const { cluster } = await aPlace(stores())
    const { outdated, current } = await ofBoth({ kind: 'cluster', id: cluster.id })
    const { clusters } = stores()
    const identity = { uid: 'another', version: 'v1.0' }
    await expectRefused([clusters.saveConnection(cluster.id, FAILED, { identity, fence: outdated })])
    expect(await clusters.get(cluster.id)).toEqual(cluster)
    await clusters.saveConnection(cluster.id, FAILED, { fence: current })
    expect((await clusters.get(cluster.id))?.connection).toEqual(FAILED)
  })

  it('an outdated fence moves no head, wishes for nothing and says nothing about a repository', async () => {
    const { application } = await taken()
    const { repository } = await aPlace(stores())
    const { outdated, current } = await ofBoth({ kind: 'repository', id: repository.id })
    const { applications, repositories } = stores()
    const look = (commit: string) => ({ refs: new Map([['main', commit]]), checkedAt: FAILED.checkedAt })
    await repositories.saveHeads(repository.id, look('new'), current)
    await applications.saveDesired([aDesired(application.id, { revisions: ['new'] })], current)
    const waiting = (await stores().outbox.pending(1_000_000)).length
    await expectRefused([
      repositories.saveHeads(repository.id, look('old'), outdated),
      repositories.saveConnection(repository.id, FAILED, outdated),
      applications.saveDesired([aDesired(application.id, { revisions: ['old'] })], outdated),
    ])
    const heads = await repositories.heads(repository.id)
    expect(heads.map(({ commit, sequence }) => [commit, sequence])).toEqual([['new', 1]])
    expect((await repositories.get(repository.id))?.connection).toEqual(repository.connection)
    expect((await applications.desired(application.id))?.revisions).toEqual(['new'])
    expect(await stores().outbox.pending(1_000_000)).toHaveLength(waiting)
    await repositories.saveConnection(repository.id, FAILED, current)
    expect((await repositories.get(repository.id))?.connection).toEqual(FAILED)
  })

  it('a fence of one kind does not hold for the other', async () => {
    const { application, current } = await taken()
    const other: Fence = { ...current, kind: 'repository' }
    await expectRefused([stores().applications.saveStatuses([aStatus(application.id)], other)])
  })

  it('a fence of a cluster that nobody ever owned does not hold', async () => {
    const { application } = await taken()
    const fence = { ...aKey(), epoch: 1 }
    await expect(stores().applications.saveStatuses([aStatus(application.id)], fence)).rejects.toMatchObject(
      OUTDATED,
    )
  })

  it('of writers that race with take-overs, none succeeds after its epoch', async () => {
    const { application, current } = await taken()
    const key: LeaseKey = { kind: 'cluster', id: current.id }
    const name = (epoch: number): string => `epoch-${epoch}`
    for (let round = 0; round < 10; round += 1) {
      const { epoch = 0 } = (await stores().leases.get(key)) ?? {}
      const writes = Array.from({ length: 5 }, () =>
        stores().applications.saveManaged([aManagedObject(application.id, { name: name(epoch) })], {
          ...key,
          epoch,
        }),
      )
      const takeOver = takeFrom(stores(), key).then(async () =>
        (await stores().applications.inventory(application.id)).map((object) => object.name),
      )
      await Promise.allSettled(writes)
      const seen = await takeOver
      const now = (await stores().applications.inventory(application.id)).map((object) => object.name)
      expect(now).toEqual(seen)
    }
  })
}

/** Ends the lease by a holder that owns nothing else, as an expiry would, and takes it. */
async function takeFrom({ leases: store }: Stores, key: LeaseKey): Promise<void> {
  const { owner = '' } = (await store.get(key)) ?? {}
  const next = aHolder(owner)
  await store.acquire(key, next, { ...LONG, fromFormerRun: true })
}

async function expectRefused(writes: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(writes)) {
    expect(result).toMatchObject({ status: 'rejected', reason: OUTDATED })
  }
}
