import { beforeEach, describe, expect, it } from 'vitest'
import { OPEN_PROJECT_SPEC, type ProjectSpec } from '../engine/project/project.js'
import { FakeCluster } from '../kube/fake/fake-cluster.js'
import { aRecord } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { configMap, ReconcileWorld } from './reconcile-world.fixture.js'

const NAMESPACE = 'shop'
const OBJECTS = [configMap('a', '1', 0), configMap('b', '1', 1), configMap('c', '1', 2)]
const AUTOMATED = { automated: { prune: true, selfHeal: true } }
const ELSEWHERE = { ...OPEN_PROJECT_SPEC, destinations: [{ server: '*', namespace: 'other' }] }
const HOUR = 3_600_000

let cluster: FakeCluster
let world: ReconcileWorld

beforeEach(async () => {
  cluster = new FakeCluster({ namespaces: [NAMESPACE] })
  world = new ReconcileWorld({ stores: openMemoryStores(), cluster, namespace: NAMESPACE })
  await world.connect()
})

function writes(): readonly string[] {
  return cluster.calls
    .filter(({ verb }) => ['apply', 'replace', 'delete', 'patch'].includes(verb))
    .map(({ verb, name }) => `${verb} ${name}`)
}

async function govern(spec: ProjectSpec): Promise<void> {
  const { projects } = world.stores
  const before = await projects.byName('default')
  if (before === undefined) throw new Error('there is no project')
  await projects.update({ ...before, spec, generation: before.generation + 1 }, aRecord('govern'))
}

async function status(applicationId: string) {
  await world.statuses.flush()
  const found = await world.stores.applications.status(applicationId)
  if (found === undefined) throw new Error('there is no status')
  return found
}

describe('[1.10 Policy check on everything] a project that changed', () => {
  it.each<[string, ProjectSpec, string]>([
    ['the destination', ELSEWHERE, "Add it to the project's destinations: lockstep proj add-destination"],
    [
      'another spelling of the server',
      {
        ...OPEN_PROJECT_SPEC,
        destinations: [{ server: '*', namespace: '*' }, { server: '!HTTPS://HERE:443/' }],
      },
      'denies namespace',
    ],
    [
      'the repository',
      { ...OPEN_PROJECT_SPEC, sourceRepos: [] },
      "Add it to the project's sourceRepos: lockstep proj add-source",
    ],
    [
      'all but its own clusters',
      { ...OPEN_PROJECT_SPEC, permitOnlyProjectScopedClusters: true },
      'permits only clusters that belong to it',
    ],
  ])(
    'forbids %s: its applications say so, nothing is written, nothing is deleted',
    async (_what, spec, reason) => {
      const application = await world.declare(OBJECTS, AUTOMATED)
      await world.reconcile.run(application.id)
      const before = writes()
      await govern(spec)
      await world.commit(application, [configMap('a', '2')], 'c2')
      await expect(world.reconcile.run(application.id)).rejects.toThrow(reason)
      const { sync, conditions } = await status(application.id)
      expect(sync).toBe('Unknown')
      expect(conditions).toMatchObject([
        { type: 'InvalidSpecError', message: expect.stringContaining(reason) as unknown },
      ])
      expect(writes()).toEqual(before)
      await govern(OPEN_PROJECT_SPEC)
      await world.reconcile.run(application.id)
      expect((await status(application.id)).sync).toBe('Synced')
    },
  )

  it('D-09 a sync that was asked for before the project forbade it ends without a write', async () => {
    const application = await world.declare(OBJECTS)
    const { id } = await world.ask(application)
    await govern(ELSEWHERE)
    await world.reconcile.run(application.id)
    expect(await world.operation(id)).toMatchObject({
      phase: 'Failed',
      message: expect.stringContaining('does not permit namespace') as unknown,
    })
    expect(writes()).toEqual([])
  })

  it('D-09 a project that changes between two waves stops the sync before the next write', async () => {
    const application = await world.declare(OBJECTS)
    const { id } = await world.ask(application)
    const end = cluster.failWhen(({ verb, name }) => {
      if (verb === 'apply' && name === 'a') void govern(ELSEWHERE)
      return undefined
    })
    expect(await world.reconcile.run(application.id)).toBeLessThan(1)
    end()
    expect(writes()).toEqual(['apply a'])
    await world.reconcile.run(application.id)
    expect((await world.operation(id)).phase).toBe('Failed')
    expect(writes()).toEqual(['apply a'])
  })

  it('prunes no object of a kind that the project denies by now, and goes on with the rest', async () => {
    const application = await world.declare(OBJECTS)
    await world.ask(application)
    await world.reconcile.run(application.id)
    await govern({ ...OPEN_PROJECT_SPEC, namespaceResourceBlacklist: [{ group: '', kind: 'ConfigMap' }] })
    await world.commit(application, [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } }], 'c2')
    const { id } = await world.ask(application)
    await world.reconcile.run(application.id)
    expect((await world.operation(id)).phase).toBe('Succeeded')
    expect(writes().filter((write) => write.startsWith('delete'))).toEqual([])
    expect(writes()).toContain('apply s')
  })

  it('deletes no application whose objects the project forbids by now', async () => {
    const application = await world.declare(OBJECTS)
    await world.ask(application)
    await world.reconcile.run(application.id)
    await govern(ELSEWHERE)
    const deletion = {
      cascade: true,
      propagation: 'foreground' as const,
      requestedAt: '2026-01-01T00:00:00.000Z',
    }
    await world.stores.applications.markDeleting(application.id, deletion, aRecord('delete'))
    await expect(world.reconcile.run(application.id)).rejects.toThrow('Nothing was deleted')
    expect(writes().filter((write) => write.startsWith('delete'))).toEqual([])
  })
})

describe('[1.4 Evaluation] the owner of a cluster and sync windows', () => {
  // The world begins at midnight.
  const deny = { kind: 'deny' as const, schedule: '0 0 * * *', duration: '2h', applications: ['*'] }

  it('starts no automated sync while one denies it, and starts it when it opens', async () => {
    await govern({ ...OPEN_PROJECT_SPEC, syncWindows: [deny] })
    const application = await world.declare(OBJECTS, AUTOMATED)
    expect(await world.reconcile.run(application.id)).toBe(600)
    expect(writes()).toEqual([])
    expect((await status(application.id)).sync).toBe('OutOfSync')
    world.advance(2 * HOUR - 60_000)
    expect(await world.reconcile.run(application.id)).toBe(60)
    world.advance(60_000)
    await world.reconcile.run(application.id)
    expect(writes()).toHaveLength(3)
  })

  it('heals nothing while one denies it', async () => {
    const application = await world.declare(OBJECTS, AUTOMATED)
    await world.reconcile.run(application.id)
    await govern({ ...OPEN_PROJECT_SPEC, syncWindows: [deny] })
    await world.commit(application, [configMap('a', '2')], 'c2')
    await world.reconcile.run(application.id)
    expect(writes()).toHaveLength(3)
  })

  it('holds what was asked for by hand unless the window has manualSync; a dry-run may always', async () => {
    await govern({ ...OPEN_PROJECT_SPEC, syncWindows: [deny] })
    const application = await world.declare(OBJECTS)
    const dry = await world.ask(application, { dryRun: true })
    await world.reconcile.run(application.id)
    expect((await world.operation(dry.id)).phase).toBe('Succeeded')
    const { id } = await world.ask(application)
    expect(await world.reconcile.run(application.id)).toBe(600)
    expect((await world.operation(id)).phase).toBe('Running')
    expect(writes()).toEqual([])
    const { conditions } = await status(application.id)
    expect(conditions[0]?.message).toContain('It opens again at 2026-01-01T02:00:00.000Z')
    await govern({ ...OPEN_PROJECT_SPEC, syncWindows: [{ ...deny, manualSync: true }] })
    await world.reconcile.run(application.id)
    expect((await world.operation(id)).phase).toBe('Succeeded')
  })
})
