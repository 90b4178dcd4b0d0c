import { expect, it } from 'vitest'
import { FakeCluster } from '../kube/fake/fake-cluster.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { configMap, ReconcileWorld } from './reconcile-world.fixture.js'

const NAMESPACE = 'shop'
const CONFIG_MAPS = { group: '', kind: 'ConfigMap' }

it('ClusterSession wakes an application that never applied anything when its kind is seen again', async () => {
  const cluster = new FakeCluster({ namespaces: [NAMESPACE] })
  const world = new ReconcileWorld({ stores: openMemoryStores(), cluster, namespace: NAMESPACE })
  await world.connect()
  const first = await world.declare([configMap('a', '1')])
  await world.reconcile.run(first.id)
  cluster.setHealth(CONFIG_MAPS, { alive: false, reason: 'the connection broke' })
  const second = await world.declare([configMap('b', '1')], { automated: {} })
  await world.reconcile.run(second.id)
  await world.statuses.flush()
  expect((await world.stores.applications.status(second.id))?.sync).toBe('Unknown')
  expect(world.woken).toEqual([])

  cluster.setHealth(CONFIG_MAPS, { alive: true })
  expect(world.woken).toEqual([second.id])
  cluster.setHealth(CONFIG_MAPS, { alive: false, reason: 'again' })
  cluster.setHealth(CONFIG_MAPS, { alive: true })
  expect(world.woken).toEqual([second.id])
})
