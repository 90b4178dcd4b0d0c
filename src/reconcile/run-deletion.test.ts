import { expect, it } from 'vitest'
import type { GroupKind } from '../engine/manifest/resource-key.js'
import type { Watch, WatchListener } from '../kube/cluster.js'
import { FakeCluster } from '../kube/fake/fake-cluster.js'
import { aRecord } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { configMap, ReconcileWorld } from './reconcile-world.fixture.js'

const NAMESPACE = 'shop'

/** Its lists can say that nothing is there, as those of a stale replica do. */
class LyingCluster extends FakeCluster {
  readonly #listeners: WatchListener[] = []

  override watch(kind: GroupKind, listener: WatchListener): Watch {
    this.#listeners.push(listener)
    return super.watch(kind, listener)
  }

  listNothing(): void {
    for (const listener of this.#listeners) listener.replaced([])
  }

  deleted(): readonly string[] {
    return this.calls.filter(({ verb }) => verb === 'delete').map(({ name }) => name)
  }
}

it('RunDeletion keeps the application while an object is only missing from a list (K-14)', async () => {
  const cluster = new LyingCluster({ namespaces: [NAMESPACE] })
  const world = new ReconcileWorld({ stores: openMemoryStores(), cluster, namespace: NAMESPACE })
  await world.connect()
  const application = await world.declare([configMap('a', '1')])
  await world.ask(application)
  await world.reconcile.run(application.id)
  cluster.listNothing()
  const deletion = {
    cascade: true,
    propagation: 'foreground',
    requestedAt: '2026-01-01T00:00:00.000Z',
  } as const
  await world.stores.applications.markDeleting(application.id, deletion, aRecord('delete'))
  await expect(world.reconcile.run(application.id)).rejects.toThrow(/listed ConfigMap "a" as gone/)
  expect(await world.stores.applications.get(application.id)).toBeDefined()

  await world.reconcile.run(application.id)
  expect(cluster.deleted()).toEqual(['a'])
  await world.reconcile.run(application.id)
  expect(await world.stores.applications.get(application.id)).toBeUndefined()
  await world.statuses.flush()
  const gone = { topic: 'application', applicationIds: [application.id] }
  expect(world.bus.events).toContainEqual(gone)
})
