import { beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../base/logger.js'
import { MemoryQueue } from '../queue/memory/memory-queue.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import type { Stores } from '../store/stores.js'
import { OwnedClusters } from './owned-clusters.js'

const CLUSTER = 'c1'
const SERVER = 'https://one'

let stores: Stores
let queue: MemoryQueue
let ours: Set<string>
let log: string[]
let clusters: OwnedClusters

beforeEach(async () => {
  stores = openMemoryStores()
  queue = new MemoryQueue()
  ours = new Set()
  log = []
  await addCluster()
  await addApplication('a1', SERVER)
  await addApplication('a2', 'https://another')
  clusters = new OwnedClusters({
    stores,
    queue,
    logger: silentLogger,
    owns: (id) => ours.has(id),
    look: async () => void log.push('look'),
    wake: (id, cluster) => log.push(`wake ${id} of ${cluster}`),
    renew: async (id) => void log.push(`renew ${id}`),
    drop: async (id) => void log.push(`drop ${id}`),
  })
})

async function addCluster(): Promise<void> {
  const connection = { status: 'Successful' as const, message: '' }
  const record = { id: CLUSTER, name: 'one', server: SERVER, connection, createdAt: '2026-01-01T00:00:00Z' }
  const audit = { actor: 'test', action: 'add-cluster', object: 'cluster/one' }
  await stores.clusters.create(record, new Uint8Array([1]), { audit, doorbells: [] })
}

async function addApplication(id: string, server: string): Promise<void> {
  const audit = { actor: 'test', action: 'create-application', object: id }
  const spec = { project: 'default', sources: [], destination: { server, namespace: 'x' } }
  const application = {
    ...{ id, name: id, namespace: 'argocd', spec, generation: 1, labels: {}, annotations: {} },
    createdAt: '2026-01-01T00:00:00Z',
  }
  await stores.applications.create(application as never, { audit, doorbells: [] })
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

describe('OwnedClusters', () => {
  it('looks at every application of a cluster that is gained, and at no other', async () => {
    await clusters.gain(CLUSTER)
    expect(log).toEqual(['wake a1 of c1'])
  })

  it('hears the doorbells of a cluster as long as it is owned', async () => {
    await clusters.gain(CLUSTER)
    await queue.ring({ kind: 'application', id: 'new', cluster: CLUSTER })
    await settled()
    expect(log).toContain('wake new of c1')
    await clusters.lose(CLUSTER)
    await queue.ring({ kind: 'application', id: 'late', cluster: CLUSTER })
    await settled()
    expect(log.at(-1)).toBe('drop c1')
  })

  it('gains again without hearing twice', async () => {
    await clusters.gain(CLUSTER)
    await clusters.gain(CLUSTER)
    log = []
    await queue.ring({ kind: 'application', id: 'new', cluster: CLUSTER })
    await settled()
    expect(log).toEqual(['wake new of c1'])
  })

  it('connects again and looks at everything when a cluster of its own changed', async () => {
    ours.add(CLUSTER)
    clusters.changed(CLUSTER)
    await settled()
    expect(log).toEqual(['look', 'renew c1', 'wake a1 of c1'])
  })

  it('looks at the leases for a new cluster, and tells its owner when that is another', async () => {
    vi.useFakeTimers()
    const rung = vi.spyOn(queue, 'ring')
    clusters.changed(CLUSTER)
    await vi.advanceTimersByTimeAsync(1_500)
    vi.useRealTimers()
    expect(log).toEqual(['look'])
    expect(rung).toHaveBeenCalledWith({ kind: 'cluster', id: CLUSTER })
  })

  it('rings for nobody when the cluster is gone', async () => {
    vi.useFakeTimers()
    const rung = vi.spyOn(queue, 'ring')
    clusters.changed('gone')
    await vi.advanceTimersByTimeAsync(1_500)
    vi.useRealTimers()
    expect(rung).not.toHaveBeenCalled()
  })
})
