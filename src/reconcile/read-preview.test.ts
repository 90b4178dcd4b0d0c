import { beforeEach, describe, expect, it } from 'vitest'
import { FakeCluster } from '../kube/fake/fake-cluster.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import type { SyncRequest } from '../engine/sync/operation.js'
import type { Application } from '../engine/application/application.js'
import { configMap, ReconcileWorld } from './reconcile-world.fixture.js'

let cluster: FakeCluster
let world: ReconcileWorld

beforeEach(async () => {
  cluster = new FakeCluster({ namespaces: ['shop'] })
  world = new ReconcileWorld({ stores: openMemoryStores(), cluster, namespace: 'shop' })
  await world.connect()
})

async function previewed(application: Application, request: Partial<SyncRequest> = {}) {
  const before = cluster.calls.length
  const whole = { prune: true, dryRun: false, force: false, confirmedPrune: true, ...request }
  const preview = await world.liveReads.preview(application.id, { request: whole })
  const writes = cluster.calls
    .slice(before)
    .filter(({ verb }) => ['apply', 'replace', 'delete'].includes(verb))
  expect(writes).toEqual([])
  return { preview, told: preview.objects.map(({ name, outcome }) => `${name} ${outcome}`) }
}

async function synced(application: Application, request: Partial<SyncRequest> = {}) {
  const { id } = await world.ask(application, request)
  for (let at = 0; at < 5; at += 1) await world.reconcile.run(application.id)
  const { phase, results } = await world.operation(id)
  return { phase, done: results.map(({ name, outcome }) => `${name} ${outcome}`) }
}

describe('the preview of a sync', () => {
  it('tells what the sync then does, for creations, changes, prunes and what stays [1.4 Dry run]', async () => {
    const keep = configMap('kept', '1')
    const annotations = { 'argocd.argoproj.io/sync-options': 'Prune=false' }
    const objects = [configMap('a', '1'), configMap('b', '1', 1), configMap('gone', '1')]
    const kept = { ...keep, metadata: { ...keep.metadata, annotations } }
    const application = await world.declare([...objects, kept])
    const first = await previewed(application)
    expect(await synced(application)).toEqual({ phase: 'Succeeded', done: first.told })
    await world.commit(
      application,
      [configMap('a', '2'), configMap('b', '1', 1), configMap('new', '1')],
      'c2',
    )
    const second = await previewed(application)
    expect(second.told.toSorted()).toEqual([
      'a configured',
      'b unchanged',
      'gone pruned',
      'kept skipped',
      'new created',
    ])
    expect(second.preview).toMatchObject({ revisions: ['c2'], blocks: [], dangers: [] })
    const { phase, done } = await synced(application)
    expect({ phase, done: done.toSorted() }).toEqual({ phase: 'Succeeded', done: second.told.toSorted() })
  })

  it('names the namespace that CreateNamespace makes first, once', async () => {
    const fresh = new ReconcileWorld({ stores: openMemoryStores(), cluster, namespace: 'fresh' })
    world = fresh
    await fresh.connect()
    const application = await fresh.declare([configMap('a', '1')], { syncOptions: ['CreateNamespace=true'] })
    expect((await previewed(application)).told).toEqual(['fresh created', 'a created'])
    await synced(application)
    expect((await previewed(application)).told).toEqual(['a unchanged'])
  })

  it('says what keeps it from going on, as the sync does', async () => {
    const application = await world.declare([configMap('a', '1'), configMap('b', '1')])
    await synced(application)
    await world.commit(application, [configMap('c', '1')], 'c2')
    const { preview } = await previewed(application, { confirmedPrune: false })
    expect(preview.blocks).toMatchObject([{ kind: 'confirmation' }])
    const { id } = await world.ask(application, { confirmedPrune: false })
    await world.reconcile.run(application.id)
    const { phase, message } = await world.operation(id)
    expect({ phase, message }).toEqual({ phase: 'Failed', message: preview.blocks[0]?.reason })
  })
})
