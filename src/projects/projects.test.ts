import { beforeEach, describe, expect, it } from 'vitest'
import { SYSTEM_PRINCIPAL } from '../engine/access/principal.js'
import { anApplication, aRecord } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import type { Stores } from '../store/stores.js'
import { CreateProject } from './create-project.js'
import { RemoveProject } from './remove-project.js'

let stores: Stores
let create: CreateProject
let count = 0

beforeEach(() => {
  stores = openMemoryStores()
  const { projects, applications } = stores
  create = new CreateProject({ projects, applications, newId: () => `id-${(count += 1)}` })
})

describe('the project "default"', () => {
  it('[1.10 AppProject] can be edited and never removed; another one only while it is empty', async () => {
    const remove = new RemoveProject(stores.projects, stores.applicationList)
    await create.run(SYSTEM_PRINCIPAL, { name: 'default', spec: {} })
    const edited = { name: 'default', spec: { sourceRepos: ['*'] }, upsert: true }
    expect(await create.run(SYSTEM_PRINCIPAL, edited)).toMatchObject({ spec: { sourceRepos: ['*'] } })
    await expect(remove.run(SYSTEM_PRINCIPAL, 'default')).rejects.toThrow('it always exists')
    await create.run(SYSTEM_PRINCIPAL, { name: 'demo', spec: {} })
    const application = anApplication({ spec: { ...anApplication().spec, project: 'demo' } })
    await stores.applications.create(application, aRecord('seed'))
    await expect(remove.run(SYSTEM_PRINCIPAL, 'demo')).rejects.toMatchObject({ code: 'CONFLICT' })
    await stores.applications.remove(application.id, aRecord('seed'))
    expect(await remove.run(SYSTEM_PRINCIPAL, 'demo')).toMatchObject({ name: 'demo' })
  })
})

describe('CreateProject', () => {
  it('[1.10 Policy check on everything] wakes every application of a project that changes, and no other', async () => {
    await create.run(SYSTEM_PRINCIPAL, { name: 'demo', spec: {} })
    const of = (project: string) => anApplication({ spec: { ...anApplication().spec, project } })
    const [mine, twin, foreign] = [of('demo'), of('demo'), of('other')]
    for (const application of [mine, twin, foreign])
      await stores.applications.create(application, aRecord('seed'))
    await create.run(SYSTEM_PRINCIPAL, { name: 'demo', spec: { sourceRepos: [] }, upsert: true })
    const woken = (await stores.outbox.pending(100)).map(({ doorbell }) => doorbell)
    const ids = woken.flatMap((bell) => (bell.kind === 'application' ? [bell.id] : []))
    expect(ids.sort()).toEqual([mine.id, twin.id].sort())
  })

  it('refuses a change of what somebody else changed meanwhile', async () => {
    await create.run(SYSTEM_PRINCIPAL, { name: 'demo', spec: {} })
    const change = { name: 'demo', spec: { description: 'x' }, upsert: true, generation: 1 }
    expect(await create.run(SYSTEM_PRINCIPAL, change)).toMatchObject({ generation: 2 })
    await expect(create.run(SYSTEM_PRINCIPAL, change)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it('keeps roles and windows, and refuses a line of another project with its place', async () => {
    const syncWindows = [{ kind: 'deny', schedule: '0 1 * * *', duration: '1h', applications: ['*'] }]
    const roles = [{ name: 'dev', policies: ['p, proj:demo:dev, applications, get, demo/*, allow'] }]
    const spec = { roles, syncWindows }
    expect((await create.run(SYSTEM_PRINCIPAL, { name: 'demo', spec })).spec).toEqual(spec)
    const stolen = create.run(SYSTEM_PRINCIPAL, { name: 'other', spec })
    await expect(stolen).rejects.toThrow('spec.roles[0].policies[0]: speaks of "proj:demo:dev"')
  })
})
