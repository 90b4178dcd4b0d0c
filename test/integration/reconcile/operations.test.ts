import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '../../../src/base/app-error.js'
import { silentLogger } from '../../../src/base/logger.js'
import type { Manifest } from '../../../src/engine/manifest/manifest.js'
import type { Cluster } from '../../../src/kube/cluster.js'
import { parseKubeconfig } from '../../../src/kube/parse-kubeconfig.js'
import { UndiciClusterConnector } from '../../../src/kube/undici/undici-cluster-connector.js'
import { configMap, ReconcileWorld } from '../../../src/reconcile/reconcile-world.fixture.js'
import { aRecord } from '../../../src/store/contract-fixtures.js'
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../../src/store/postgres/embedded-postgres.js'
import { runMigrations } from '../../../src/store/postgres/run-migrations.js'
import { openStores } from '../../../src/store/prisma/open-stores.js'
import type { Stores } from '../../../src/store/stores.js'
import type { ClusterAccess } from '../../cluster/cluster-access.js'
import { borrowCluster, freshNamespace } from '../../support/throw-away-cluster.js'

const OBJECTS = [configMap('a', '1', 0), configMap('b', '1', 1), configMap('c', '1', 2)]
const WRITES: readonly string[] = ['apply', 'replace', 'patch', 'delete']

let access: ClusterAccess
let dir: string
let database: EmbeddedPostgres
let stores: Stores
let server: Cluster
let namespace: string
/** Called for each write; answering true lets it happen and then loses the answer. */
let lose: (verb: string, at: number) => boolean = () => false
let writes: string[] = []

beforeAll(async () => {
  access = await borrowCluster()
  dir = await mkdtemp(join(tmpdir(), 'lockstep-operations-'))
  database = await startEmbeddedPostgres({ dir, logger: silentLogger })
  await runMigrations(database.connectionString, { logger: silentLogger })
  stores = openStores({ connectionString: database.connectionString, logger: silentLogger })
  await connectedWorld().connect()
})
afterAll(async () => {
  await stores.close()
  await database.stop()
  await rm(dir, { recursive: true, force: true })
})
beforeEach(async () => {
  namespace = await freshNamespace(access, 'operations')
  writes = []
  lose = () => false
})

/** A worker with a connection of its own to the real API server. */
function connectedWorld(): ReconcileWorld {
  const connection = parseKubeconfig(access.kubeconfig('sut'))
  server = new UndiciClusterConnector({ privateAddresses: 'allow' }).connect('here', connection)
  const cluster = new Proxy(server, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      return (...args: readonly unknown[]) => observed(String(name), args, () => member.apply(target, args))
    },
  })
  return new ReconcileWorld({ stores, cluster, namespace })
}

async function observedWrite(verb: string, call: () => Promise<unknown>): Promise<unknown> {
  writes.push(verb)
  const lost = lose(verb, writes.length)
  const answer = await call()
  if (lost) throw new AppError('UPSTREAM_CLUSTER', 'The answer got lost.', { retry: 'backoff' })
  return answer
}

function observed(name: string, args: readonly unknown[], call: () => unknown): unknown {
  const isDryRun = (args[1] as { readonly dryRun?: boolean } | undefined)?.dryRun === true
  if (!WRITES.includes(name) || isDryRun) return call()
  return observedWrite(name, call as () => Promise<unknown>)
}

async function live(kind: string, name: string): Promise<Manifest | undefined> {
  const group = kind === 'Job' ? 'batch' : ''
  return server.get({ group, kind, namespace, name })
}

describe('on a real API server and Postgres', () => {
  it.each([1, 2, 3])('a successor goes on after write %i whose answer got lost', async (at) => {
    const world = connectedWorld()
    const application = await world.declare(OBJECTS)
    const { id } = await world.ask(application)
    lose = (_verb, count) => count === at
    await expect(world.reconcile.run(application.id)).rejects.toThrow('got lost')
    await world.close()
    const successor = connectedWorld()
    await successor.reconcile.run(application.id)
    const { phase, results } = await successor.operation(id)
    expect(phase).toBe('Succeeded')
    expect(results.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    expect((await live('ConfigMap', 'c'))?.metadata.generation ?? 1).toBe(1)
    const kinds = (await stores.operations.steps(id)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'planned')).toHaveLength(1)
    expect(kinds.filter((kind) => kind === 'dryRun')).toHaveLength(1)
    expect(kinds.at(-1)).toBe('finished')
    await successor.close()
  })

  it('a successor goes on with a prune whose answer got lost', async () => {
    const world = connectedWorld()
    const application = await world.declare(OBJECTS)
    await world.ask(application)
    await world.reconcile.run(application.id)
    await world.commit(application, OBJECTS.slice(0, 1), 'c2')
    const { id } = await world.ask(application)
    lose = (verb) => verb === 'delete'
    await expect(world.reconcile.run(application.id)).rejects.toThrow('got lost')
    await world.close()
    lose = () => false
    const successor = connectedWorld()
    // One run more for each time the watch has not shown yet that an object is gone.
    const phase = async () => {
      await successor.reconcile.run(application.id)
      return (await successor.operation(id)).phase
    }
    await vi.waitFor(async () => expect(await phase()).toBe('Succeeded'), { timeout: 10_000, interval: 50 })
    expect(await live('ConfigMap', 'b')).toBeUndefined()
    expect(await live('ConfigMap', 'c')).toBeUndefined()
    expect(await live('ConfigMap', 'a')).toBeDefined()
    await successor.close()
  })

  it('a stop is obeyed between two steps', async () => {
    const world = connectedWorld()
    const application = await world.declare(OBJECTS)
    const { id } = await world.ask(application)
    let asked: Promise<boolean> | undefined
    lose = () => {
      asked ??= stores.operations.terminate(id, 'terminated by bob', aRecord('terminate-operation'))
      return false
    }
    await world.reconcile.run(application.id)
    expect(await asked).toBe(true)
    const { phase, message, results } = await world.operation(id)
    expect({ phase, message }).toEqual({ phase: 'Failed', message: 'terminated by bob' })
    expect(results.length).toBeLessThan(3)
    expect(await live('ConfigMap', 'c')).toBeUndefined()
    await world.close()
  })

  it('a refused object is retried as the policy says, by whoever owns the cluster then', async () => {
    const world = connectedWorld()
    const bad = { ...configMap('bad', 'x'), data: { 'not/a/key': 'x' } }
    const retry = { limit: 3, backoff: { duration: '30s' } }
    const application = await world.declare([configMap('a', '1'), bad], { retry })
    const { id } = await world.ask(application)
    expect(await world.reconcile.run(application.id)).toBe(30)
    const open = await world.operation(id)
    expect(open).toMatchObject({ phase: 'Running', retryCount: 1 })
    expect(open.message).toContain('not/a/key')
    expect(open.message).toContain('Retrying')
    await world.close()
    const successor = connectedWorld()
    successor.advance(10_000)
    expect(await successor.reconcile.run(application.id)).toBe(20)
    await successor.close()
  })

  it('a refused object ends a sync by hand without a policy', async () => {
    const world = connectedWorld()
    const application = await world.declare([{ ...configMap('bad', 'x'), data: { 'not/a/key': 'x' } }])
    const { id } = await world.ask(application)
    expect(await world.reconcile.run(application.id)).toBeUndefined()
    expect((await world.operation(id)).phase).toBe('Failed')
    await world.close()
  })

  it('errors call the cluster by its name', async () => {
    const connection = parseKubeconfig(access.kubeconfig('sut'))
    const named = new UndiciClusterConnector({ privateAddresses: 'allow' }).connect(
      'uuid',
      connection,
      'prod',
    )
    const bad = configMap('a', '1')
    const misplaced = { ...bad, metadata: { ...bad.metadata, namespace: 'no-such-namespace' } }
    await expect(named.apply(misplaced)).rejects.toThrow('on cluster "prod"')
    await named.close()
  })
})

describe('Replace and Force on a real API server', () => {
  it('Replace=true removes what is not declared', async () => {
    const world = connectedWorld()
    const application = await world.declare([configMap('a', '1')])
    await world.ask(application)
    await world.reconcile.run(application.id)
    const key = { group: '', kind: 'ConfigMap', namespace, name: 'a' }
    await server.patch(key, [{ op: 'add', path: '/data/extra', value: 'by hand' }])
    await world.commit(application, [configMap('a', '2')], 'c2')
    const { id } = await world.ask(application, { syncOptions: ['Replace=true'] })
    await world.reconcile.run(application.id)
    expect((await world.operation(id)).results[0]?.message).toBe('configured; replaced')
    expect(await live('ConfigMap', 'a')).toMatchObject({ data: { content: '2' } })
    expect((await live('ConfigMap', 'a'))?.['data']).toEqual({ content: '2' })
    await world.statuses.flush()
    expect((await stores.applications.status(application.id))?.sync).toBe('Synced')
    await world.close()
  })

  it('a Job that cannot be changed fails, and is created anew with force', async () => {
    const world = connectedWorld()
    const application = await world.declare([job('one')])
    await world.ask(application)
    await world.reconcile.run(application.id)
    const uid = (await live('Job', 'job'))?.metadata.uid
    await world.commit(application, [job('two')], 'c2')
    const plain = await world.ask(application)
    await world.reconcile.run(application.id)
    expect((await world.operation(plain.id)).message).toContain('field is immutable')
    expect((await live('Job', 'job'))?.metadata.uid).toBe(uid)
    const { id } = await world.ask(application, { force: true })
    for (let run = 0; run < 3; run += 1) await world.reconcile.run(application.id)
    const { phase, results } = await world.operation(id)
    expect(phase).toBe('Succeeded')
    expect(results[0]?.message).toBe('created; deleted and created again')
    expect((await live('Job', 'job'))?.metadata.uid).not.toBe(uid)
    await world.close()
  })
})

function job(image: string): Manifest {
  const containers = [{ name: 'main', image }]
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: 'job',
      annotations: { 'argocd.argoproj.io/sync-options': 'PrunePropagationPolicy=background' },
    },
    spec: { template: { spec: { containers, restartPolicy: 'Never' } } },
  }
}
