import { describe, expect, it } from 'vitest'
import { MemoryPeers } from '../peers/memory/memory-peers.js'
import { PeerGone } from '../peers/peer-caller.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import type { LeaseHolder } from '../store/lease-store.js'
import { DIFF_CALL, LIVE_CALL, RemoteLiveReads } from './remote-live-reads.js'

const KEY = { group: '', kind: 'ConfigMap', namespace: 'x', name: 'one' }
const DIFF = { ...KEY, differences: [] }

async function stage() {
  const { leases } = openMemoryStores()
  const caller = new MemoryPeers()
  const reads = new RemoteLiveReads({
    leases,
    caller,
    applications: {
      get: async (id: string) =>
        id === 'a1' ? ({ spec: { destination: { name: 'one' } } } as never) : undefined,
    },
    clusters: { byServerOrName: async () => ({ id: 'c1', name: 'one' }) as never },
  })
  const own = async (address: string): Promise<LeaseHolder> => {
    const holder = { id: address, run: address, address }
    await leases.acquire({ kind: 'cluster', id: 'c1' }, holder, { ttlMs: 60_000 })
    return holder
  }
  return { leases, caller, reads, own }
}

describe('RemoteLiveReads', () => {
  it('asks the owner of the destination cluster', async () => {
    const { reads, caller, own } = await stage()
    await own('owner')
    caller.serve('owner', {
      async *[DIFF_CALL](body) {
        expect(body).toEqual({ applicationId: 'a1', predict: false })
        yield DIFF
      },
      async *[LIVE_CALL](body) {
        if ((body as { readonly key: typeof KEY }).key.name === 'one') yield { metadata: { name: 'one' } }
      },
    })
    expect(await reads.diff('a1')).toEqual([DIFF])
    expect(await reads.live('a1', KEY)).toEqual({ metadata: { name: 'one' } })
    expect(await reads.live('a1', { ...KEY, name: 'absent' })).toBeUndefined()
  })

  it('follows a cluster that changes hands while it asks', async () => {
    const { reads, caller, own, leases } = await stage()
    const former = await own('former')
    caller.serve('former', {
      async *[DIFF_CALL]() {
        yield* []
        await leases.release(former, [{ kind: 'cluster', id: 'c1' }])
        await own('next')
        throw new PeerGone('not mine')
      },
    })
    caller.serve('next', {
      async *[DIFF_CALL]() {
        yield DIFF
      },
    })
    expect(await reads.diff('a1')).toEqual([DIFF])
  })

  it('says that nobody owns the cluster, and what to do', async () => {
    const { reads, leases, own } = await stage()
    const asked = {
      code: 'UPSTREAM_CLUSTER',
      message: expect.stringMatching(/"one": no cluster worker owns it/),
    }
    await expect(reads.diff('a1')).rejects.toMatchObject(asked)
    await leases.release(await own('former'), [{ kind: 'cluster', id: 'c1' }])
    await expect(reads.diff('a1')).rejects.toMatchObject(asked)
  })

  it('knows an application that does not exist', async () => {
    const { reads } = await stage()
    await expect(reads.diff('a9')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
