import { beforeEach, describe, expect, it } from 'vitest'
import { SYSTEM_PRINCIPAL, type Principal } from '../engine/access/principal.js'
import { OPEN_PROJECT_SPEC } from '../engine/project/project.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import type { Stores } from '../store/stores.js'
import { CheckApplicationSpec } from './check-application-spec.js'
import { CheckSyncWindows } from './check-sync-windows.js'
import { CreateApplication } from './create-application.js'
import { DeleteApplication } from './delete-application.js'
import { GetApplication } from './get-application.js'
import { ListApplications } from './list-applications.js'
import { RequestSync } from './request-sync.js'
import { TerminateOperation } from './terminate-operation.js'
import { UpdateApplication } from './update-application.js'

const SERVER = 'https://10.0.0.1:6443'
const RECORD = { audit: { actor: 'test', action: 'seed', object: 'test' }, doorbells: [] }
const clock = { now: () => 1_700_000_000_000, monotonic: () => 0 }

let stores: Stores
let create: CreateApplication
let update: UpdateApplication
let count = 0
const newId = (): string => `00000000-0000-4000-8000-${String((count += 1)).padStart(12, '0')}`

/** Sees and syncs `team/shop`, sees nothing else. */
const developer: Principal = {
  subject: 'dev',
  kind: 'user',
  groups: [],
  grants: {
    rules: [
      { resource: 'applications', action: 'get', object: 'team/shop', effect: 'allow' },
      { resource: 'applications', action: 'sync', object: 'team/shop', effect: 'allow' },
    ],
  },
}

beforeEach(async () => {
  stores = openMemoryStores()
  const { applications, projects, clusters, repositories } = stores
  for (const name of ['default', 'team']) {
    await projects.create({ id: newId(), name, spec: OPEN_PROJECT_SPEC, generation: 1 }, RECORD)
  }
  await projects.create({ id: newId(), name: 'closed', spec: {}, generation: 1 }, RECORD)
  const connection = { status: 'Unknown' as const, message: '' }
  const cluster = { id: newId(), name: 'one', server: SERVER, connection, createdAt: '2026-01-01T00:00:00Z' }
  await clusters.create(cluster, new Uint8Array([1]), RECORD)
  const checkSpec = new CheckApplicationSpec({ projects, clusters, repositories })
  update = new UpdateApplication({ applications, checkSpec })
  create = new CreateApplication({ applications, checkSpec, update, clock, newId })
})

function spec(project: string) {
  return {
    project,
    source: { repoURL: 'https://git.test/x', path: '.' },
    destination: { server: SERVER, namespace: 'x' },
  }
}

function make(name: string, project = 'team') {
  return create.run(SYSTEM_PRINCIPAL, { namespace: 'argocd', name, spec: spec(project) })
}

describe('CreateApplication', () => {
  it('refuses who may not, and what the project does not permit', async () => {
    const wish = { namespace: 'argocd', name: 'shop', spec: spec('team') }
    await expect(create.run(developer, wish)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(make('shop', 'closed')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
    await expect(make('shop', 'missing')).rejects.toThrow('does not exist')
    expect(await stores.applications.byName('argocd', 'shop')).toBeUndefined()
  })
})

describe('UpdateApplication', () => {
  it('refuses a change of something that somebody else changed meanwhile', async () => {
    await make('shop')
    const change = { namespace: 'argocd', name: 'shop', labels: { a: 'b' }, generation: 1 }
    await update.run(SYSTEM_PRINCIPAL, change)
    await expect(update.run(SYSTEM_PRINCIPAL, change)).rejects.toMatchObject({ code: 'CONFLICT' })
  })
})

describe('GetApplication', () => {
  it('does not tell the forbidden from the absent', async () => {
    await make('secret')
    const get = new GetApplication(stores.applicationList)
    const named = (name: string) => get.run(developer, { namespace: 'argocd', name })
    await expect(named('secret')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(named('absent')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('ListApplications', () => {
  it('shows what the principal may see, filling the page from later ones', async () => {
    for (const name of ['a', 'b', 'c', 'shop', 'z']) await make(name)
    await make('shop-of-others', 'default')
    const list = new ListApplications(stores.applicationList)
    const page = await list.run(developer, { first: 2, filter: {} })
    expect(page.rows.map((row) => row.application.name)).toEqual(['shop'])
    expect(page.hasNextPage).toBe(false)
  })

  it('counts no more than the principal may see', async () => {
    for (const name of ['a', 'b', 'shop']) await make(name)
    await make('shop-of-others', 'default')
    const list = new ListApplications(stores.applicationList)
    expect(await list.total(developer, {})).toBe(1)
    expect(await list.total(SYSTEM_PRINCIPAL, {})).toBe(4)
    expect((await list.facets(developer, {})).project).toEqual([{ value: 'team', count: 1 }])
    expect(await list.total(developer, { text: 'others' })).toBe(0)
  })
})

describe('RequestSync', () => {
  it('answers the same operation for the same key, and none for an application that goes', async () => {
    await make('shop')
    const { applications, operations } = stores
    const sync = new RequestSync({
      applications,
      operations,
      windows: new CheckSyncWindows({ projects: stores.projects, clusters: stores.clusters, clock }),
      clock,
      newId,
    })
    const request = { prune: false, dryRun: false, force: false, confirmedPrune: false }
    const wish = { name: { namespace: 'argocd', name: 'shop' }, request, idempotencyKey: 'k' }
    const first = await sync.run(developer, wish)
    expect((await sync.run(developer, wish)).id).toBe(first.id)
    const remove = new DeleteApplication({ applications, operations, clock, newId })
    const deletion = { name: wish.name, cascade: true, propagation: 'foreground' as const }
    await expect(remove.run(developer, deletion)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect((await remove.run(SYSTEM_PRINCIPAL, deletion)).id).toBe(first.id)
    await expect(sync.run(developer, { ...wish, idempotencyKey: 'l' })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
  })
})

describe('idempotency keys', () => {
  const named = { namespace: 'argocd', name: 'shop' }

  it('create: the same key answers the same application, also after somebody changed it', async () => {
    const wish = { ...named, spec: spec('team'), idempotencyKey: 'k' }
    const [first, twin] = await Promise.all([
      create.run(SYSTEM_PRINCIPAL, wish),
      create.run(SYSTEM_PRINCIPAL, wish),
    ])
    expect(twin.id).toBe(first.id)
    await update.run(SYSTEM_PRINCIPAL, { ...named, spec: { ...spec('team'), revisionHistoryLimit: 3 } })
    expect((await create.run(SYSTEM_PRINCIPAL, wish)).id).toBe(first.id)
    await expect(create.run(SYSTEM_PRINCIPAL, { ...wish, idempotencyKey: 'l' })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    const created = (await stores.audit.list(100)).filter(({ action }) => action === 'create-application')
    expect(created).toHaveLength(1)
  })

  it('delete: one audit event, whether it starts at once or behind a sync', async () => {
    const { applications, operations, audit } = stores
    const remove = new DeleteApplication({ applications, operations, clock, newId })
    const wish = { name: named, cascade: true, propagation: 'foreground' as const }
    const told = async () => (await audit.list(100)).filter(({ action }) => action.includes('delet')).length
    const { id } = await make('shop')
    const first = await remove.run(SYSTEM_PRINCIPAL, wish)
    expect(first.kind).toBe('delete')
    expect((await applications.get(id))?.deletion).toMatchObject({ cascade: true })
    expect(await told()).toBe(1)
    expect((await remove.run(SYSTEM_PRINCIPAL, { ...wish, cascade: false })).id).toBe(first.id)
    expect((await applications.get(id))?.deletion).toMatchObject({ cascade: false })
    expect(await told()).toBe(2)
  })

  it('delete: the same key answers the same operation, also when the application is gone', async () => {
    const { id } = await make('shop')
    const { applications, operations } = stores
    const remove = new DeleteApplication({ applications, operations, clock, newId })
    const wish = { name: named, cascade: true, propagation: 'foreground' as const, idempotencyKey: 'k' }
    const first = await remove.run(SYSTEM_PRINCIPAL, wish)
    await operations.finish({ ...first, phase: 'Succeeded', finishedAt: '2026-01-01T00:00:00.000Z' }, RECORD)
    await applications.remove(id, RECORD)
    expect((await remove.run(SYSTEM_PRINCIPAL, wish)).id).toBe(first.id)
    await expect(remove.run({ ...SYSTEM_PRINCIPAL, subject: 'somebody' }, wish)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})

describe('TerminateOperation', () => {
  const name = { namespace: 'argocd', name: 'shop' }
  const request = { prune: false, dryRun: false, force: false, confirmedPrune: false }

  it('asks the worker to stop, once, and says who asked', async () => {
    const { id } = await make('shop')
    const { applications, operations } = stores
    const terminate = new TerminateOperation({ applications, operations })
    await expect(terminate.run(developer, name)).rejects.toMatchObject({ code: 'CONFLICT' })
    await new RequestSync({
      applications,
      operations,
      windows: new CheckSyncWindows({ projects: stores.projects, clusters: stores.clusters, clock }),
      clock,
      newId,
    }).run(developer, { name, request })
    for (const _again of [1, 2, 3]) {
      expect(await terminate.run(developer, name)).toMatchObject({
        applicationId: id,
        phase: 'Terminating',
        message: 'terminated by dev',
      })
    }
    const asked = (await stores.audit.list(100)).filter(({ action }) => action === 'terminate-operation')
    expect(asked).toHaveLength(1)
    await make('other')
    await expect(terminate.run(developer, { ...name, name: 'other' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('does not stop a deletion', async () => {
    await make('shop')
    const { applications, operations } = stores
    const remove = new DeleteApplication({ applications, operations, clock, newId })
    await remove.run(SYSTEM_PRINCIPAL, { name, cascade: true, propagation: 'foreground' })
    const terminate = new TerminateOperation({ applications, operations })
    await expect(terminate.run(developer, name)).rejects.toMatchObject({ code: 'CONFLICT' })
  })
})
