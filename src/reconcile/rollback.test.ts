import { beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../base/app-error.js'
import type { Application } from '../engine/application/application.js'
import { FakeCluster } from '../kube/fake/fake-cluster.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { configMap, ReconcileWorld } from './reconcile-world.fixture.js'

const NAMESPACE = 'shop'
const GONE = new AppError('UPSTREAM_CLUSTER', 'Cannot reach the cluster.', { retry: 'backoff' })

let cluster: FakeCluster
let world: ReconcileWorld
let application: Application

beforeEach(async () => {
  cluster = new FakeCluster({ namespaces: [NAMESPACE] })
  world = new ReconcileWorld({ stores: openMemoryStores(), cluster, namespace: NAMESPACE })
  await world.connect()
  application = await world.declare([configMap('a', '1'), configMap('b', '1')])
  await sync()
  await world.commit(application, [configMap('a', '2')], 'c2')
  await sync()
})

async function sync(): Promise<void> {
  world.advance(1000)
  await world.ask(application)
  await world.reconcile.run(application.id)
}

async function rollback(): Promise<string> {
  world.advance(1000)
  const first = await world.stores.operations.deployment(application.id, 0)
  if (first === undefined) throw new Error('nothing was deployed')
  const { number, revisions, renderKeys, sources } = first
  const { id } = await world.ask(application, { rollback: { number, revisions, renderKeys, sources } })
  await world.reconcile.run(application.id)
  return id
}

async function contentOf(name: string): Promise<unknown> {
  return (await cluster.get({ group: '', kind: 'ConfigMap', namespace: NAMESPACE, name }))?.['data']
}

describe('a rollback', () => {
  it('[1.7 History] [1.7 Rollback] makes the stored render live again, leaves the spec, and is an entry of its own', async () => {
    expect(await contentOf('b')).toBeUndefined()
    const { phase, revisions } = await world.operation(await rollback())
    expect({ phase, revisions }).toEqual({ phase: 'Succeeded', revisions: ['c1'] })
    expect(await contentOf('a')).toEqual({ content: '1' })
    expect(await contentOf('b')).toEqual({ content: '1' })
    await world.statuses.flush()
    const status = await world.stores.applications.status(application.id)
    expect(status).toMatchObject({ sync: 'OutOfSync', revisions: ['c2'] })
    const history = await world.stores.operations.deployments(application.id, 10)
    expect(history.map((one) => [one.number, one.revisions[0]])).toEqual([
      [2, 'c1'],
      [1, 'c2'],
      [0, 'c1'],
    ])
    expect(history[0]).toMatchObject({ sources: [application.spec.source], automated: false })
  })

  it('works while nothing can be rendered, and shows that nothing is known of the declaration', async () => {
    const failed = { revisions: [], renderKeys: [], inputs: [], error: 'Git is away', updatedAt: '' }
    await world.stores.applications.saveDesired([{ applicationId: application.id, generation: 1, ...failed }])
    expect((await world.operation(await rollback())).phase).toBe('Succeeded')
    expect(await contentOf('b')).toEqual({ content: '1' })
    await world.statuses.flush()
    expect((await world.stores.applications.status(application.id))?.sync).toBe('Unknown')
  })

  it('is finished by a successor that knows only the operation', async () => {
    const broken = cluster.failWhen(({ verb, name }) => (verb === 'apply' && name === 'b' ? GONE : undefined))
    await expect(rollback()).rejects.toThrow()
    broken()
    await world.successor().reconcile.run(application.id)
    expect(await contentOf('b')).toEqual({ content: '1' })
    expect((await world.stores.operations.deployments(application.id, 1))[0]?.number).toBe(2)
  })
})
