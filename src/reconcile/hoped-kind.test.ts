import { beforeEach, describe, expect, it } from 'vitest'
import { FakeCluster } from '../kube/fake/fake-cluster.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { configMap, ReconcileWorld } from './reconcile-world.fixture.js'

const WIDGET = { apiVersion: 'x.io/v1', kind: 'Widget', metadata: { name: 'w' } }
const KIND = { group: 'x.io', kind: 'Widget', version: 'v1', plural: 'widgets', verbs: [] }
const OPTIONS = { syncOptions: ['SkipDryRunOnMissingResource=true'] }

let cluster: FakeCluster
let world: ReconcileWorld

beforeEach(async () => {
  cluster = new FakeCluster({ namespaces: ['shop'] })
  world = new ReconcileWorld({ stores: openMemoryStores(), cluster, namespace: 'shop' })
  await world.connect()
})

describe('a kind that SkipDryRunOnMissingResource=true hopes for', () => {
  it('leaves no record when it does not come, so that nobody waits for a watch of it', async () => {
    const application = await world.declare([WIDGET, configMap('a', '1')], {
      ...OPTIONS,
      automated: {},
      retry: { limit: 0 },
    })
    await world.reconcile.run(application.id)
    const [last] = await world.stores.operations.history(application.id, 1)
    expect(last?.phase).toBe('Failed')
    expect(last?.results.map(({ name, status }) => `${name} ${status}`).toSorted()).toEqual([
      'a Synced',
      'w SyncFailed',
    ])
    // Another worker knows the records only.
    await world.successor().reconcile.run(application.id)
    expect(cluster.calls.filter(({ verb, kind }) => verb === 'watch' && kind === 'Widget')).toEqual([])
  })

  it('is compared again when it comes with another scope than was guessed', async () => {
    const application = await world.declare([WIDGET], OPTIONS)
    const { id } = await world.ask(application)
    const before = cluster.calls.length
    // The comparison asks twice, the second time afresh; the third is right before the apply.
    const end = cluster.failWhen(({ verb }) => {
      const asked = cluster.calls.slice(before).filter((call) => call.verb === 'catalog').length
      if (verb === 'catalog' && asked === 3) cluster.addKind({ ...KIND, namespaced: false })
      return undefined
    })
    await expect(world.reconcile.run(application.id)).rejects.toThrow(
      'is cluster-scoped, unlike it was planned',
    )
    end()
    expect(cluster.calls.filter(({ verb }) => verb === 'apply')).toEqual([])
    await world.reconcile.run(application.id)
    expect((await world.operation(id)).phase).toBe('Succeeded')
    expect(cluster.peek({ group: 'x.io', kind: 'Widget', namespace: '', name: 'w' })).toBeDefined()
  })
})
