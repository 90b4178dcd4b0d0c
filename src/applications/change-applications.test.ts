import { beforeEach, describe, expect, it } from 'vitest'
import { SYSTEM_PRINCIPAL, type Grant, type Principal } from '../engine/access/principal.js'
import { OPEN_PROJECT_SPEC } from '../engine/project/project.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import type { Stores } from '../store/stores.js'
import { ChangeApplications, type ApplicationsWish } from './change-applications.js'
import { CheckApplicationSpec } from './check-application-spec.js'
import { CheckSyncWindows } from './check-sync-windows.js'
import { CreateApplication } from './create-application.js'
import { DeleteApplication } from './delete-application.js'
import { PatchApplication } from './patch-application.js'
import { RefreshApplicationRequest } from './refresh-application-request.js'
import { RequestSync } from './request-sync.js'
import { RollbackApplication } from './rollback-application.js'
import { SelectApplications } from './select-applications.js'
import { UpdateApplication } from './update-application.js'

const SERVER = 'https://10.0.0.1:6443'
const RECORD = { audit: { actor: 'test', action: 'seed', object: 'test' }, doorbells: [] }
const REQUEST = { prune: false, dryRun: false, force: false, confirmedPrune: false }
const clock = { now: () => 1_700_000_000_000, monotonic: () => 0 }

let stores: Stores
let changes: ChangeApplications
let patches: PatchApplication
let create: CreateApplication
let rollbacks: RollbackApplication
let count = 0
const newId = (): string => `00000000-0000-4000-8000-${String((count += 1)).padStart(12, '0')}`

function person(subject: string, grants: readonly (readonly [string, string])[]): Principal {
  const rules = grants.map(([action, object]): Grant => ({
    resource: 'applications',
    action,
    object,
    effect: 'allow',
  }))
  return { subject, kind: 'user', groups: [], grants: { rules } }
}

const developer = person('dev', [
  ['get', 'team/*'],
  ['sync', 'team/shop*'],
  ['update', 'team/*'],
])

beforeEach(async () => {
  stores = openMemoryStores()
  const { applications, applicationList, operations, projects, clusters, repositories, audit } = stores
  for (const name of ['team', 'other']) {
    await projects.create({ id: newId(), name, spec: OPEN_PROJECT_SPEC, generation: 1 }, RECORD)
  }
  await projects.create({ id: newId(), name: 'closed', spec: {}, generation: 1 }, RECORD)
  const connection = { status: 'Unknown' as const, message: '' }
  const cluster = { id: newId(), name: 'one', server: SERVER, connection, createdAt: '2026-01-01T00:00:00Z' }
  await clusters.create(cluster, new Uint8Array([1]), RECORD)
  const checkSpec = new CheckApplicationSpec({ projects, clusters, repositories })
  const update = new UpdateApplication({ applications, checkSpec })
  create = new CreateApplication({ applications, checkSpec, update, clock, newId })
  patches = new PatchApplication({ applications, checkSpec, update })
  const requestSync = new RequestSync({
    applications,
    operations,
    windows: new CheckSyncWindows({ projects: stores.projects, clusters: stores.clusters, clock }),
    clock,
    newId,
  })
  rollbacks = new RollbackApplication({ applications, operations, checkSpec, sync: requestSync })
  changes = new ChangeApplications({
    select: new SelectApplications(applicationList),
    sync: requestSync,
    refresh: new RefreshApplicationRequest({ applications, repositories, audit }),
    remove: new DeleteApplication({ applications, operations, clock, newId }),
  })
})

function make(name: string, project = 'team', labels: Record<string, string> = {}) {
  const source = { repoURL: 'https://git.test/x', path: '.' }
  const spec = { project, source, destination: { server: SERVER, namespace: 'x' } }
  return create.run(SYSTEM_PRINCIPAL, { namespace: 'argocd', name, spec, labels })
}

function sync(choice: ApplicationsWish['choice'], idempotencyKey = 'k', principal = developer) {
  return changes.run(principal, { kind: 'sync', request: REQUEST, choice, idempotencyKey })
}

async function actions(): Promise<readonly string[]> {
  return (await stores.audit.list(1000)).map(({ action }) => action)
}

describe('ChangeApplications syncs many by one request', () => {
  const labels = [{ key: 'tier', operator: 'in', values: ['web'] }] as const

  it('asks the permission of each, answers for each, records each, and does nothing twice', async () => {
    for (const name of ['shop-a', 'shop-b', 'mail']) await make(name, 'team', { tier: 'web' })
    await make('hidden', 'other', { tier: 'web' })
    await make('shop-c', 'team', { tier: 'db' })
    const first = await sync({ filter: { labels } })
    expect(first.map(({ name }) => name)).toEqual(['mail', 'shop-a', 'shop-b'])
    expect(first.map(({ failure }) => failure?.code)).toEqual(['FORBIDDEN', undefined, undefined])
    const again = await sync({ filter: { labels } })
    expect(again.map(({ operation }) => operation?.id)).toEqual(first.map(({ operation }) => operation?.id))
    expect((await actions()).filter((action) => action === 'sync-application')).toHaveLength(2)
    const busy = await sync({ filter: { labels } }, 'another')
    expect(busy[1]?.failure?.code).toBe('CONFLICT')
  })

  it('A-31 a name that the caller may not see is answered like one that does not exist', async () => {
    await make('hidden', 'other')
    const names = ['hidden', 'absent'].map((name) => ({ namespace: 'argocd', name }))
    const [absent, hidden] = await sync({ names })
    expect(absent?.failure?.message.replace('absent', 'hidden')).toBe(hidden?.failure?.message)
    expect(await actions()).not.toContain('sync-application')
  })

  it('refuses an empty filter, too many, and another number than was expected', async () => {
    await make('shop-a')
    await expect(sync({ filter: {} })).rejects.toThrow('nothing says which')
    await expect(sync({ filter: { project: 'team' }, expected: 2 })).rejects.toThrow('1 are chosen, not 2')
    const names = Array.from({ length: 1001 }, (_, at) => ({ namespace: 'argocd', name: `a${at}` }))
    await expect(sync({ names })).rejects.toThrow('at most 1000 go at once')
    expect(await actions()).not.toContain('sync-application')
  })

  it('deletes and refreshes likewise', async () => {
    await make('shop-a')
    await make('shop-b')
    const choice = { filter: { project: 'team' } }
    const refreshed = await changes.run(developer, { kind: 'refresh', hard: false, choice })
    expect(refreshed.map(({ application }) => application?.name)).toEqual(['shop-a', 'shop-b'])
    const wish = {
      kind: 'delete',
      cascade: false,
      propagation: 'orphan',
      choice,
      idempotencyKey: 'k',
    } as const
    expect((await changes.run(developer, wish)).map(({ failure }) => failure?.code)).toEqual([
      'FORBIDDEN',
      'FORBIDDEN',
    ])
    const gone = await changes.run(SYSTEM_PRINCIPAL, wish)
    expect(new Set(gone.map(({ operation }) => operation?.id)).size).toBe(2)
    const again = await changes.run(SYSTEM_PRINCIPAL, wish)
    expect(again.map(({ operation }) => operation?.id)).toEqual(gone.map(({ operation }) => operation?.id))
  })
})

describe('PatchApplication', () => {
  const named = { namespace: 'argocd', name: 'shop' }
  const patch = (type: 'json' | 'merge', patchWith: unknown, principal = developer) =>
    patches.run(principal, { ...named, type, patch: patchWith })

  it('changes the declared spec, labels and annotations, and counts the generation', async () => {
    await make('shop', 'team', { tier: 'web' })
    const merged = await patch('merge', {
      metadata: { labels: { tier: null, team: 'a' } },
      spec: { syncPolicy: { automated: { prune: true } }, info: [{ name: 'a', value: 'b' }] },
    })
    expect(merged).toMatchObject({ generation: 2, labels: { team: 'a' } })
    expect(merged.spec.syncPolicy).toEqual({ automated: { prune: true } })
    const stepped = await patch('json', [
      { op: 'test', path: '/spec/project', value: 'team' },
      { op: 'remove', path: '/spec/syncPolicy' },
      { op: 'replace', path: '/spec/source/path', value: 'deploy' },
    ])
    expect(stepped.spec).toMatchObject({ source: { path: 'deploy' } })
    expect(stepped.spec.syncPolicy).toBeUndefined()
    expect(stepped.generation).toBe(3)
  })

  it('D-17 refuses what is no field of an application, and every malformed result', async () => {
    await make('shop')
    for (const wrong of [
      { spec: { isAdmin: true } },
      { spec: { destination: null } },
      { ownerId: 'x' },
      { metadata: { generation: 7, id: 'x' } },
      { spec: { source: { repoURL: '--upload-pack=x' } } },
      'text',
    ]) {
      await expect(patch('merge', wrong)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
    }
    await expect(patch('json', [{ op: 'add', path: '/nothing/x', value: 1 }])).rejects.toThrow(
      'does not exist',
    )
    expect((await stores.applications.byName('argocd', 'shop'))?.generation).toBe(1)
  })

  it('A-31 D-11 a patch cannot name another application, and both projects of a move are asked', async () => {
    await make('shop')
    await expect(patch('merge', { metadata: { name: 'other' } })).rejects.toThrow('cannot be changed')
    await expect(patch('merge', { metadata: { namespace: 'team-b' } })).rejects.toThrow('cannot be changed')
    const move = { spec: { project: 'other' } }
    await expect(patch('merge', move)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(patch('merge', move, person('there', [['update', 'other/*']]))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    const mover = person('mover', [
      ['get', 'team/*'],
      ['update', 'team/*'],
      ['update', 'other/*'],
      ['update', 'closed/*'],
    ])
    await expect(patch('merge', { spec: { project: 'closed' } }, mover)).rejects.toThrow('does not permit')
    expect((await patch('merge', move, mover)).spec.project).toBe('other')
  })

  it('refuses when somebody else was faster', async () => {
    await make('shop')
    await patch('merge', { spec: { revisionHistoryLimit: 3 } })
    const late = patches.run(developer, { ...named, type: 'merge', patch: { spec: {} }, generation: 1 })
    await expect(late).rejects.toMatchObject({ code: 'CONFLICT' })
  })
})

describe('RollbackApplication', () => {
  const name = { namespace: 'argocd', name: 'shop' }
  const wish = { name, prune: false, dryRun: false, confirmedPrune: false, idempotencyKey: 'k' }

  async function deployed(repoURL = 'https://git.test/x'): Promise<void> {
    const { id: applicationId } = await make('shop')
    const { operations } = stores
    for (const revision of ['c1', 'c2']) {
      const [outcome] = await sync({ names: [name] }, revision)
      const operation = outcome?.operation
      if (operation === undefined) throw new Error('no operation')
      const ended = {
        ...operation,
        phase: 'Succeeded',
        finishedAt: `2026-01-01T00:00:0${revision[1]}.000Z`,
      } as const
      const deployment = {
        id: newId(),
        applicationId,
        revisions: [revision],
        renderKeys: [`k-${revision}`],
        sources: [{ repoURL, path: '.' }],
        operationId: operation.id,
        initiatedBy: 'dev',
        automated: false,
        deployedAt: ended.finishedAt,
      }
      await operations.finish(ended, RECORD, { deployment })
    }
  }

  it('[1.7 Rollback] starts one operation with what was recorded, and is refused what is not there', async () => {
    await deployed()
    await expect(rollbacks.run(developer, { ...wish, number: 7 })).rejects.toThrow('it has no deployment 7')
    const operation = await rollbacks.run(developer, wish)
    expect(operation).toMatchObject({
      revisions: ['c1'],
      request: { rollback: { number: 0, renderKeys: ['k-c1'] } },
    })
    expect((await rollbacks.run(developer, wish)).id).toBe(operation.id)
    expect((await actions()).filter((action) => action === 'rollback-application')).toHaveLength(1)
  })

  it('[1.4 Rollback guard] is refused while automated sync is on, says why, and needs the permission', async () => {
    await deployed()
    const reader = person('reader', [['get', 'team/*']])
    await expect(rollbacks.run(reader, wish)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const policy = { spec: { syncPolicy: { automated: {} } } }
    await patches.run(developer, { ...name, type: 'merge', patch: policy })
    await expect(rollbacks.run(developer, wish)).rejects.toThrow('automated sync is on and would undo it')
    expect(await actions()).not.toContain('rollback-application')
  })

  it('A-37 is no way around the repositories of the project', async () => {
    await deployed('https://evil.test/y')
    const team = await stores.projects.byName('team')
    if (team === undefined) throw new Error('no project')
    const spec = { ...team.spec, sourceRepos: ['https://git.test/*'] }
    await stores.projects.update({ ...team, spec, generation: team.generation + 1 }, RECORD)
    await expect(rollbacks.run(developer, wish)).rejects.toThrow('does not permit the repository')
  })
})
