import { beforeEach, describe, expect, it } from 'vitest'
import { OPEN_PROJECT_SPEC, type OrphanedResources } from '../engine/project/project.js'
import type { Manifest } from '../engine/manifest/manifest.js'
import { FakeCluster } from '../kube/fake/fake-cluster.js'
import { aRecord } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { configMap, ReconcileWorld } from './reconcile-world.fixture.js'

const NAMESPACE = 'shop'

let cluster: FakeCluster
let world: ReconcileWorld

beforeEach(async () => {
  cluster = new FakeCluster({ namespaces: [NAMESPACE, 'other'] })
  world = new ReconcileWorld({ stores: openMemoryStores(), cluster, namespace: NAMESPACE })
  await world.connect()
})

async function ask(orphanedResources?: OrphanedResources): Promise<void> {
  const { projects } = world.stores
  const before = await projects.byName('default')
  if (before === undefined) throw new Error('there is no project')
  const spec = { ...OPEN_PROJECT_SPEC, ...(orphanedResources && { orphanedResources }) }
  await projects.update({ ...before, spec, generation: before.generation + 1 }, aRecord('govern'))
}

function object(name: string, more: Readonly<Record<string, unknown>> = {}, namespace = NAMESPACE): Manifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, ...more } }
}

async function conditions(applicationId: string) {
  await world.statuses.flush()
  const status = await world.stores.applications.status(applicationId)
  return (status?.conditions ?? []).map(({ type, message }) => `${type}: ${message}`)
}

describe('[1.3 Orphaned resources] [1.10 orphanedResources, syncWindows] an application of a project that asks for orphans', () => {
  const OWNER = { apiVersion: 'v1', kind: 'ConfigMap', name: 'stray', uid: 'u' }
  const tracked = (name: string) => ({
    annotations: { 'argocd.argoproj.io/tracking-id': `${name}:/ConfigMap:${NAMESPACE}/of-${name}` },
  })

  it('warns of what belongs to nobody: not of what is declared, owned, ignored, tracked or elsewhere', async () => {
    const application = await world.declare([configMap('mine', '1')], { automated: {} })
    await world.reconcile.run(application.id)
    for (const stray of [
      object('stray'),
      object('child', { ownerReferences: [OWNER] }),
      object('kube-root-ca.crt'),
      object('noise-1'),
      object(`of-${application.name}`, tracked(application.name)),
      object('of-gone', tracked('gone')),
      object('far', {}, 'other'),
    ])
      await cluster.apply(stray)
    await world.reconcile.run(application.id)
    expect(await conditions(application.id)).toEqual([])
    await ask({ ignore: [{ name: 'noise-*' }] })
    expect(await world.reconcile.run(application.id)).toBe(180)
    const [only, ...others] = await conditions(application.id)
    expect(only).toMatch(
      /^OrphanedResourceWarning: 2 objects belong to no application in namespace "shop": ConfigMap\/of-gone, ConfigMap\/stray\./,
    )
    expect(others).toEqual([])
    const names = (await world.liveReads.orphans(application.id)).map(({ name }) => name)
    expect(names).toEqual(['of-gone', 'stray'])
  })

  it('lists a namespace at most every three minutes, and forgets what is gone then', async () => {
    await ask({})
    const application = await world.declare([configMap('mine', '1')], { automated: {} })
    await cluster.apply(object('stray'))
    let again: number | undefined = 0
    for (let runs = 0; runs < 5 && again !== 180; runs += 1) again = await world.reconcile.run(application.id)
    expect(again).toBe(180)
    expect(await conditions(application.id)).toHaveLength(1)
    const lists = () => cluster.calls.filter(({ verb }) => verb === 'list').length
    const before = lists()
    await cluster.delete({ group: '', kind: 'ConfigMap', namespace: NAMESPACE, name: 'stray' })
    await world.reconcile.run(application.id)
    expect(lists()).toBe(before)
    world.advance(181_000)
    await world.reconcile.run(application.id)
    expect(lists()).toBeGreaterThan(before)
    expect(await conditions(application.id)).toEqual([])
  })

  it('counts without a condition when the project does not want to be warned', async () => {
    await ask({ warn: false })
    const application = await world.declare([configMap('mine', '1')], { automated: {} })
    await cluster.apply(object('stray'))
    await world.reconcile.run(application.id)
    expect(await conditions(application.id)).toEqual([])
    expect(await world.liveReads.orphans(application.id)).toHaveLength(1)
  })

  it('leaves out what is declared and was never applied', async () => {
    await ask({})
    const application = await world.declare([configMap('mine', '1')])
    for (const name of ['mine', 'stray']) await cluster.apply(object(name))
    await world.reconcile.run(application.id)
    expect((await world.liveReads.orphans(application.id)).map(({ name }) => name)).toEqual(['stray'])
  })
})
