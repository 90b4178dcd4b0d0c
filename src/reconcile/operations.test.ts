import { beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../base/app-error.js'
import { FakeCluster, type FakeCall } from '../kube/fake/fake-cluster.js'
import { aRecord } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { configMap, ReconcileWorld } from './reconcile-world.fixture.js'

const NAMESPACE = 'shop'
const OBJECTS = [configMap('a', '1', 0), configMap('b', '1', 1), configMap('c', '1', 2)]
const GONE = new AppError('UPSTREAM_CLUSTER', 'Cannot reach the cluster.', { retry: 'backoff' })
const INVALID = new AppError('BAD_USER_INPUT', 'ConfigMap "b" is invalid.')

let cluster: FakeCluster
let world: ReconcileWorld

beforeEach(async () => {
  cluster = new FakeCluster({ namespaces: [NAMESPACE] })
  world = new ReconcileWorld({ stores: openMemoryStores(), cluster, namespace: NAMESPACE })
  await world.connect()
})

function writes(): readonly string[] {
  return cluster.calls
    .filter(({ verb }) => ['apply', 'replace', 'delete'].includes(verb))
    .map(({ verb, name }) => `${verb} ${name}`)
}

/** Fails the n-th call of these verbs as an API server that died: before it did anything. */
function failAt(verbs: readonly FakeCall['verb'][], at: number): () => void {
  let seen = 0
  return cluster.failWhen((call) => {
    if (!verbs.includes(call.verb)) return undefined
    seen += 1
    return seen >= at ? GONE : undefined
  })
}

async function kinds(operationId: string): Promise<readonly string[]> {
  return (await world.stores.operations.steps(operationId)).map(({ kind }) => kind)
}

describe('the step log', () => {
  it('tells plan, dry-run, waves, batches and end in order', async () => {
    const application = await world.declare(OBJECTS)
    const { id } = await world.ask(application)
    await world.reconcile.run(application.id)
    expect((await world.operation(id)).phase).toBe('Succeeded')
    expect(await kinds(id)).toEqual([
      'planned',
      'dryRun',
      ...['waveStarted', 'applied', 'waveStarted', 'applied', 'waveStarted', 'applied'],
      'finished',
    ])
    const [planned] = await world.stores.operations.steps(id)
    expect(planned?.content).toMatchObject({ complete: true, applies: 3, prunes: [], forgets: 0 })
  })

  it.each([1, 2, 3])('lets a successor go on after write %i, without doing anything twice', async (at) => {
    const application = await world.declare(OBJECTS)
    const { id } = await world.ask(application)
    const mend = failAt(['apply'], at)
    await expect(world.reconcile.run(application.id)).rejects.toThrow('Cannot reach')
    mend()
    const successor = world.successor()
    await successor.reconcile.run(application.id)
    const { phase, results } = await world.operation(id)
    expect(phase).toBe('Succeeded')
    expect(results.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'a created',
      'b created',
      'c created',
    ])
    const done = writes()
    expect(done).toHaveLength(4)
    expect(new Set(done).size).toBe(3)
    expect(cluster.calls.filter(({ verb }) => verb === 'dry-run')).toHaveLength(3)
  })

  it.each([1, 2])('lets a successor go on after prune %i', async (at) => {
    const application = await world.declare(OBJECTS)
    await world.ask(application)
    await world.reconcile.run(application.id)
    await world.commit(application, OBJECTS.slice(0, 1), 'c2')
    const { id } = await world.ask(application)
    const mend = failAt(['delete'], at)
    await expect(world.reconcile.run(application.id)).rejects.toThrow('Cannot reach')
    mend()
    await world.successor().reconcile.run(application.id)
    const { phase, results } = await world.operation(id)
    expect(phase).toBe('Succeeded')
    expect(results.filter(({ outcome }) => outcome === 'pruned').map(({ name }) => name)).toEqual(
      expect.arrayContaining(at === 1 ? ['b', 'c'] : ['c']),
    )
    expect(await world.stores.applications.inventory(application.id)).toHaveLength(1)
  })

  it('applies once what something in the cluster changes back while it is waited for', async () => {
    const application = await world.declare([configMap('a', '1', 0), deployment('web')])
    const { id } = await world.ask(application)
    await world.reconcile.run(application.id)
    expect((await world.operation(id)).phase).toBe('Running')
    cluster.put({ ...configMap('a', 'mine'), metadata: { name: 'a', namespace: NAMESPACE } })
    await world.reconcile.run(application.id)
    await world.successor().reconcile.run(application.id)
    expect(writes().filter((call) => call === 'apply a')).toHaveLength(1)
  })
})

describe('termination', () => {
  const stop = (id: string) =>
    world.stores.operations.terminate(id, 'terminated by bob', aRecord('terminate-operation'))

  it('ends the operation after the step under way', async () => {
    const application = await world.declare(OBJECTS)
    const { id } = await world.ask(application)
    cluster.failWhen(({ verb }) => {
      if (verb === 'apply') void stop(id)
      return undefined
    })
    await world.reconcile.run(application.id)
    const { phase, message, results } = await world.operation(id)
    expect({ phase, message }).toEqual({ phase: 'Failed', message: 'terminated by bob' })
    expect(results.map(({ name }) => name)).toEqual(['a'])
    expect(writes()).toEqual(['apply a'])
    expect((await kinds(id)).slice(-2)).toEqual(['terminated', 'finished'])
  })

  it('needs no cluster: neither for one that waits nor while the cluster is down', async () => {
    const application = await world.declare(OBJECTS)
    const { id } = await world.ask(application)
    const mend = failAt(['apply'], 2)
    await expect(world.reconcile.run(application.id)).rejects.toThrow()
    mend()
    cluster.failWhen(() => GONE)
    await stop(id)
    await world.successor().reconcile.run(application.id)
    const { phase, message, results } = await world.operation(id)
    expect({ phase, message }).toEqual({ phase: 'Failed', message: 'terminated by bob' })
    expect(results.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['a created'])
  })
})

describe('retry', () => {
  const refuseB = () =>
    cluster.failWhen(({ verb, name }) => (verb === 'apply' && name === 'b' ? INVALID : undefined))

  it('ends a sync by hand at the first refusal of an object', async () => {
    const application = await world.declare(OBJECTS)
    const { id } = await world.ask(application)
    refuseB()
    await world.reconcile.run(application.id)
    expect(await world.operation(id)).toMatchObject({ phase: 'Failed', retryCount: 0 })
  })

  it.each(['FORBIDDEN', 'NOT_FOUND', 'BAD_USER_INPUT'] as const)(
    'takes %s for an answer about the object',
    async (code) => {
      const application = await world.declare(OBJECTS)
      const { id } = await world.ask(application)
      const error = new AppError(code, 'no.', { retry: 'backoff' })
      cluster.failWhen(({ verb, name }) => (verb === 'apply' && name === 'a' ? error : undefined))
      await world.reconcile.run(application.id)
      expect((await world.operation(id)).phase).toBe('Failed')
    },
  )

  it('keeps the back-off over restarts and owners, and shows why all the time', async () => {
    const application = await world.declare(OBJECTS, {
      retry: { limit: 2, backoff: { duration: '30s', factor: 2 } },
    })
    const { id } = await world.ask(application)
    const mend = refuseB()
    expect(await world.reconcile.run(application.id)).toBe(30)
    const before = writes().length
    world.advance(10_000)
    const second = world.successor()
    expect(await second.reconcile.run(application.id)).toBe(20)
    expect(writes()).toHaveLength(before)
    await second.statuses.flush()
    const status = await world.stores.applications.status(application.id)
    expect(status?.conditions).toMatchObject([
      { type: 'SyncError', message: expect.stringContaining('"b" is invalid') as string },
    ])
    world.advance(20_000)
    expect(await second.reconcile.run(application.id)).toBe(60)
    expect(await world.operation(id)).toMatchObject({ phase: 'Running', retryCount: 2 })
    mend()
    world.advance(60_000)
    await world.successor().reconcile.run(application.id)
    const ended = await world.operation(id)
    expect(ended.phase).toBe('Succeeded')
    expect(ended.notBefore).toBeUndefined()
  })

  it('goes on being asked for when the cluster does not answer', async () => {
    const application = await world.declare(OBJECTS)
    const { id } = await world.ask(application)
    failAt(['apply'], 1)
    for (let i = 0; i < 3; i += 1) await expect(world.reconcile.run(application.id)).rejects.toThrow()
    expect(await world.operation(id)).toMatchObject({ phase: 'Running', retryCount: 0 })
  })
})

describe('self-heal', () => {
  const policy = { automated: { selfHeal: true } }
  const drift = (content: string) =>
    cluster.put({ ...configMap('a', content), metadata: { name: 'a', namespace: NAMESPACE } })

  it('keeps its back-off over restarts and owners', async () => {
    const application = await world.declare([configMap('a', '1')], policy)
    await world.reconcile.run(application.id)
    drift('first')
    await world.successor().reconcile.run(application.id)
    drift('second')
    const wait = await world.successor().reconcile.run(application.id)
    expect(wait).toBe(2)
    const [last] = await world.stores.operations.history(application.id, 1)
    expect(last?.request.autoHealAttempts).toBe(1)
    world.advance(2_000)
    await world.successor().reconcile.run(application.id)
    const [next] = await world.stores.operations.history(application.id, 1)
    expect(next?.request.autoHealAttempts).toBe(2)
  })

  it('is capped per cluster', async () => {
    const stores = openMemoryStores()
    const heals = { burst: 1, perSecond: 0.5 }
    world = new ReconcileWorld({ stores, cluster, namespace: NAMESPACE, heals })
    await world.connect()
    const one = await world.declare([configMap('a', '1')], policy)
    const two = await world.declare([configMap('z', '1')], policy)
    await world.reconcile.run(one.id)
    await world.reconcile.run(two.id)
    drift('first')
    cluster.put({ ...configMap('z', 'other'), metadata: { name: 'z', namespace: NAMESPACE } })
    await world.reconcile.run(one.id)
    expect(await world.reconcile.run(two.id)).toBe(2)
    world.advance(2_000)
    await world.reconcile.run(two.id)
    expect(cluster.peek({ group: '', kind: 'ConfigMap', namespace: NAMESPACE, name: 'z' })).toMatchObject({
      data: { content: '1' },
    })
  })
})

describe('Replace and Force [1.4 Replace] [1.4 Force]', () => {
  it('Replace=true writes the object as a whole, guarded by its version', async () => {
    const application = await world.declare([configMap('a', '1')])
    await world.ask(application)
    await world.reconcile.run(application.id)
    const live = cluster.peek({ group: '', kind: 'ConfigMap', namespace: NAMESPACE, name: 'a' })
    if (live === undefined) throw new Error('not applied')
    cluster.put({ ...live, data: { content: '1', extra: 'by hand' } })
    await world.commit(application, [configMap('a', '2')], 'c2')
    const { id } = await world.ask(application, { syncOptions: ['Replace=true'] })
    await world.reconcile.run(application.id)
    expect((await world.operation(id)).results[0]?.message).toBe('configured; replaced')
    expect(cluster.peek({ group: '', kind: 'ConfigMap', namespace: NAMESPACE, name: 'a' })).toMatchObject({
      data: { content: '2' },
    })
    await world.reconcile.run(application.id)
    await world.statuses.flush()
    expect((await world.stores.applications.status(application.id))?.sync).toBe('Synced')
  })

  it('Replace with Force deletes the very object and creates it again', async () => {
    const application = await world.declare([configMap('a', '1')])
    await world.ask(application)
    await world.reconcile.run(application.id)
    const key = { group: '', kind: 'ConfigMap', namespace: NAMESPACE, name: 'a' }
    const before = cluster.peek(key)?.metadata.uid
    await world.commit(application, [configMap('a', '2')], 'c2')
    const { id } = await world.ask(application, { syncOptions: ['Replace=true'], force: true })
    await world.reconcile.run(application.id)
    expect((await world.operation(id)).results[0]?.message).toBe('created; deleted and created again')
    expect(cluster.peek(key)?.metadata.uid).not.toBe(before)
    expect(writes().slice(-2)).toEqual(['delete a', 'apply a'])
  })
})

describe('operation events', () => {
  it('tell once per flush which operations changed', async () => {
    const application = await world.declare(OBJECTS)
    const { id } = await world.ask(application)
    await world.reconcile.run(application.id)
    await world.statuses.flush()
    const told = world.bus.events.filter(({ topic }) => topic === 'operation')
    expect(told).toEqual([{ topic: 'operation', operationIds: [id] }])
  })
})

function deployment(name: string) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, annotations: { 'argocd.argoproj.io/sync-wave': '1' } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } } },
    },
  }
}
