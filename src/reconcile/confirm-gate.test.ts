import { beforeEach, describe, expect, it } from 'vitest'
import { ConfirmDeletion } from '../applications/confirm-deletion.js'
import { SYSTEM_PRINCIPAL } from '../engine/access/principal.js'
import type { Application } from '../engine/application/application.js'
import { FakeCluster } from '../kube/fake/fake-cluster.js'
import { anOperation, aRecord } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { configMap, ReconcileWorld } from './reconcile-world.fixture.js'

const START = Date.parse('2026-01-01T00:00:00Z')

let cluster: FakeCluster
let world: ReconcileWorld

beforeEach(async () => {
  cluster = new FakeCluster({ namespaces: ['shop'] })
  world = new ReconcileWorld({ stores: openMemoryStores(), cluster, namespace: 'shop' })
  await world.connect()
})

function asking(name: string, option: string) {
  const plain = configMap(name, '1')
  const annotations = { 'argocd.argoproj.io/sync-options': option }
  return { ...plain, metadata: { ...plain.metadata, annotations } }
}

function deleted(): readonly string[] {
  return cluster.calls.filter(({ verb }) => verb === 'delete').map(({ name }) => name)
}

function confirm({ namespace, name }: Application) {
  const { applications, operations } = world.stores
  const clock = { now: () => START, monotonic: () => 0 }
  return new ConfirmDeletion({ applications, operations, clock }).run(SYSTEM_PRINCIPAL, { namespace, name })
}

async function runs(application: Application): Promise<void> {
  for (let at = 0; at < 3; at += 1) await world.reconcile.run(application.id)
}

describe('Prune=confirm and Delete=confirm [1.4 Confirm gate]', () => {
  it('the sync applies, says what it waits for, and prunes after the agreement', async () => {
    const application = await world.declare([configMap('a', '1'), asking('old', 'Prune=confirm')])
    await world.ask(application)
    await runs(application)
    await expect(confirm(application)).rejects.toMatchObject({ code: 'CONFLICT' })
    await world.commit(application, [configMap('a', '2'), configMap('b', '1')], 'c2')
    const { id } = await world.ask(application, { confirmedPrune: false })
    await runs(application)
    const waiting = await world.operation(id)
    expect(waiting).toMatchObject({
      phase: 'Running',
      message: expect.stringContaining('/ConfigMap/shop/old'),
    })
    expect(waiting.results.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'a configured',
      'b created',
    ])
    expect(deleted()).toEqual([])
    expect((await confirm(application)).id).toBe(id)
    await runs(application)
    expect((await world.operation(id)).phase).toBe('Succeeded')
    expect(deleted()).toEqual(['old'])
    const { events } = { events: await world.stores.audit.list(100) }
    expect(events.filter(({ action }) => action === 'confirm-deletion')).toHaveLength(1)
  })

  it('an agreement to an earlier operation is none to this one', async () => {
    const application = await world.declare([configMap('a', '1'), asking('old', 'Prune=confirm')])
    const first = await world.ask(application)
    await confirm(application)
    await runs(application)
    expect((await world.operation(first.id)).phase).toBe('Succeeded')
    world.advance(60_000)
    await world.commit(application, [configMap('a', '1')], 'c2')
    const { id } = await world.ask(application, { confirmedPrune: false })
    await runs(application)
    expect((await world.operation(id)).phase).toBe('Running')
    expect(deleted()).toEqual([])
  })

  it.each([
    ['of one object', [configMap('a', '1'), asking('kept', 'Delete=confirm')], []],
    ['of the application', [configMap('a', '1'), configMap('kept', '1')], ['Delete=confirm']],
  ])('the option %s holds the whole deletion until somebody agrees', async (_title, objects, syncOptions) => {
    const application = await world.declare(objects, { syncOptions })
    await world.ask(application)
    await runs(application)
    const requestedAt = new Date(START).toISOString()
    const deletion = { cascade: true, propagation: 'foreground', requestedAt } as const
    const wish = anOperation(application.id, { kind: 'delete', startedAt: requestedAt })
    const { id } = await world.stores.operations.start(wish, aRecord('delete'), { deletion })
    await runs(application)
    expect((await world.operation(id)).message).toContain('/ConfigMap/shop/kept')
    expect(deleted()).toEqual([])
    await confirm(application)
    await runs(application)
    expect(deleted().toSorted()).toEqual(['a', 'kept'])
    expect(await world.stores.applications.get(application.id)).toBeUndefined()
  })
})
