import { beforeAll, describe, expect, it } from 'vitest'
import { anApplication, aRecord, aStatus, unique } from './contract-fixtures.js'
import { aPlace, COMMIT, observe, seed, type Place } from './list-fixtures.js'
import type { Stores } from './stores.js'

const MINUTE = 60_000
const FRESH = { sync: 'Synced', health: { status: 'Healthy' } }
const UNSEEN = { sync: 'Unknown', health: { status: 'Unknown' } }

/** What every HeartbeatStore does, and what lists make of it, whatever the technology. */
export function heartbeatStoreContract(technology: string, open: () => Promise<Stores>): void {
  describe(`HeartbeatStore (${technology})`, () => {
    let stores: Stores
    beforeAll(async () => {
      stores = await open()
    })
    const current = (): Stores => stores
    rows(current)
    freshness(current)
    revisions(current)
  })
}

function rows(stores: () => Stores): void {
  const of = async (clusterId: string) =>
    (await stores().heartbeats.list()).find((record) => record.clusterId === clusterId)

  it('begins without an observation, and never moves backwards', async () => {
    const { cluster } = await aPlace(stores())
    const { heartbeats } = stores()
    await heartbeats.beat({ clusterId: cluster.id, ageMs: 0, blindKinds: {} })
    expect(await of(cluster.id)).toBeUndefined()
    await heartbeats.begin(cluster.id)
    expect((await of(cluster.id))?.observedAt).toBeUndefined()
    await heartbeats.beat({ clusterId: cluster.id, ageMs: 1_000, blindKinds: { '/Pod': 'dead' } })
    const first = await of(cluster.id)
    expect(first?.ageMs).toBeGreaterThanOrEqual(990)
    expect(first?.blindKinds).toEqual({ '/Pod': 'dead' })
    await heartbeats.beat({ clusterId: cluster.id, ageMs: 9_000, blindKinds: {} })
    expect((await of(cluster.id))?.observedAt).toBe(first?.observedAt)
  })

  it('begins anew with a higher sequence, keeping when it was observed', async () => {
    const { cluster } = await aPlace(stores())
    const { heartbeats } = stores()
    await heartbeats.begin(cluster.id)
    await heartbeats.beat({ clusterId: cluster.id, ageMs: 0, blindKinds: {} })
    const before = await of(cluster.id)
    await heartbeats.begin(cluster.id)
    const after = await of(cluster.id)
    expect(after?.observedAt).toBe(before?.observedAt)
    expect(after?.sinceSequence).toBeGreaterThan(before?.sinceSequence ?? 0)
  })

  it('ignores a removed cluster and refuses who does not own it', async () => {
    const { heartbeats, leases, clusters } = stores()
    await heartbeats.begin('nowhere')
    const { cluster } = await aPlace(stores())
    const holder = { id: unique('worker'), run: unique('run'), address: '' }
    const lease = await leases.acquire({ kind: 'cluster', id: cluster.id }, holder, { ttlMs: 60_000 })
    const mine = { kind: 'cluster' as const, id: cluster.id, epoch: lease?.epoch ?? 0 }
    await heartbeats.begin(cluster.id, mine)
    const beat = { clusterId: cluster.id, ageMs: 0, blindKinds: {} }
    const outdated = { ...mine, epoch: mine.epoch - 1 }
    await expect(heartbeats.beat(beat, outdated)).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(heartbeats.begin(cluster.id, outdated)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await of(cluster.id))?.observedAt).toBeUndefined()
    await heartbeats.beat(beat, mine)
    expect((await of(cluster.id))?.observedAt).toBeDefined()
    await clusters.remove(cluster.id, aRecord('remove'))
    expect(await of(cluster.id)).toBeUndefined()
  })
}

function freshness(stores: () => Stores): void {
  const shown = async (id: string) => (await stores().applicationList.byIds([id]))[0]?.status
  const found = async (place: Place, sync: 'Synced' | 'Unknown') =>
    (await stores().applicationList.page({ cluster: place.cluster.name, sync }, { first: 100 })).rows.length

  it('shows what was observed within three intervals, by server and by name', async () => {
    const place = await aPlace(stores())
    await observe(stores(), place, { clusterAgoMs: 40_000, headAgoMs: 8 * MINUTE })
    for (const byName of [true, false]) {
      const { id } = await seed(stores(), place, { byName })
      expect(await shown(id)).toMatchObject(FRESH)
      expect((await shown(id))?.staleReason).toBeUndefined()
      expect((await shown(id))?.confirmedAt).toBeDefined()
    }
    expect(await found(place, 'Synced')).toBe(2)
  })

  it('shows and finds as Unknown what its cluster does not confirm', async () => {
    const place = await aPlace(stores())
    await observe(stores(), place, { clusterAgoMs: 46_000 })
    const { id } = await seed(stores(), place)
    expect(await shown(id)).toMatchObject({ ...UNSEEN, staleReason: 'The cluster was not observed for 46 s' })
    expect(await found(place, 'Synced')).toBe(0)
    expect(await found(place, 'Unknown')).toBe(1)
  })

  it('is Unknown with a cluster that was never observed or does not exist', async () => {
    const place = await aPlace(stores())
    const { id } = await seed(stores(), place)
    expect(await shown(id)).toMatchObject({ ...UNSEEN, staleReason: 'The cluster was never observed' })
    const lost = anApplication({})
    await stores().applications.create(lost, aRecord('create'))
    await stores().applications.saveStatuses([aStatus(lost.id)])
    expect(await shown(lost.id)).toMatchObject(UNSEEN)
  })

  it('is Unknown after its owner began anew until it is compared again', async () => {
    const place = await aPlace(stores())
    await observe(stores(), place)
    const { id } = await seed(stores(), place)
    expect(await shown(id)).toMatchObject(FRESH)
    await stores().heartbeats.begin(place.cluster.id)
    expect(await shown(id)).toMatchObject({
      ...UNSEEN,
      staleReason: 'Not compared yet since observation of the cluster began',
    })
    expect(await found(place, 'Synced')).toBe(0)
    const green = { sync: 'Synced', health: { status: 'Healthy' } } as const
    await stores().applications.saveStatuses([aStatus(id, green)])
    expect(await shown(id)).toMatchObject(FRESH)
  })

  it('is Unknown with a dead watch on one of its kinds, and only then', async () => {
    const place = await aPlace(stores())
    await observe(stores(), place)
    const { id } = await seed(stores(), place)
    const blind = (kind: string) =>
      stores().heartbeats.beat({ clusterId: place.cluster.id, ageMs: 0, blindKinds: { [kind]: 'silent' } })
    await blind('batch/Job')
    expect(await shown(id)).toMatchObject(FRESH)
    await blind('apps/Deployment')
    expect(await shown(id)).toMatchObject({
      ...UNSEEN,
      staleReason: 'Deployment cannot be observed: silent',
      unseen: ['apps/Deployment'],
    })
    expect(await found(place, 'Synced')).toBe(0)
  })

  it('keeps health when only the repository was not checked; a commit follows no head', async () => {
    const place = await aPlace(stores())
    await observe(stores(), place, { headAgoMs: 9 * MINUTE + 1000 })
    const { id } = await seed(stores(), place)
    expect(await shown(id)).toMatchObject({ sync: 'Unknown', health: { status: 'Healthy' } })
    expect((await shown(id))?.staleReason).toContain('The repository was not checked')
    const pinned = await seed(stores(), place, { source: { targetRevision: COMMIT } })
    expect(await shown(pinned.id)).toMatchObject(FRESH)
    expect(await found(place, 'Synced')).toBe(1)
  })

  it('marks clusters and repositories whose freshness changed', async () => {
    const place = await aPlace(stores())
    const stateOf = async (name: string) =>
      (await stores().applicationList.freshnessMarks()).find((mark) => mark.name === name)?.state
    const read = async () => [
      await stateOf(place.cluster.server),
      await stateOf(place.repository.normalizedUrl),
    ]
    const never = await read()
    await observe(stores(), place)
    const fresh = await read()
    expect(fresh[0]).not.toBe(never[0])
    expect(fresh[1]).not.toBe(never[1])
    await stores().heartbeats.beat({ clusterId: place.cluster.id, ageMs: 0, blindKinds: {} })
    expect(await read()).toEqual(fresh)
    await stores().heartbeats.begin(place.cluster.id)
    expect((await read())[0]).not.toBe(fresh[0])
  })
}

function revisions(stores: () => Stores): void {
  const NEXT = 'b'.repeat(40)
  const move = (place: Place) =>
    stores().repositories.saveHeads(place.repository.id, {
      refs: new Map([['HEAD', NEXT]]),
      checkedAt: new Date().toISOString(),
    })
  const shown = async (id: string) => (await stores().applicationList.byIds([id]))[0]?.status?.revisions

  it('knows an application at the head that it follows, with no row of its own', async () => {
    const place = await aPlace(stores())
    await observe(stores(), place)
    const { id } = await seed(stores(), place)
    expect(await shown(id)).toEqual([COMMIT])
    await move(place)
    expect(await shown(id)).toEqual([NEXT])
    expect((await stores().applications.status(id))?.revisions).toEqual([COMMIT])
  })

  it('keeps the revision of what is pinned, or not compared as desired', async () => {
    const place = await aPlace(stores())
    await observe(stores(), place)
    const pinned = await seed(stores(), place, { source: { targetRevision: COMMIT } })
    const behind = await seed(stores(), place, { status: { revisions: ['c'.repeat(40)] } })
    const elsewhere = await seed(stores(), place, { source: { targetRevision: 'release' } })
    await move(place)
    expect(await shown(pinned.id)).toEqual([COMMIT])
    expect(await shown(behind.id)).toEqual(['c'.repeat(40)])
    expect(await shown(elsewhere.id)).toEqual([COMMIT])
  })
}
