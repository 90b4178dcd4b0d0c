import { beforeAll, describe, expect, it } from 'vitest'
import type { Project } from '../engine/project/project.js'
import { anApplication, aRecord, unique } from './contract-fixtures.js'
import type { ClusterRecord, RepositoryRecord } from './records.js'
import type { Stores } from './stores.js'

const RECORD = aRecord('change-something')
const AT = '2026-01-02T03:04:05.678Z'
const UNKNOWN = { status: 'Unknown', message: '' } as const
const NOT_FOUND = { code: 'NOT_FOUND' }
const CONFLICT = { code: 'CONFLICT' }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (value: Uint8Array | undefined): string | undefined =>
  value === undefined ? undefined : new TextDecoder().decode(value)

/** What the smaller stores do, whatever the technology. */
export function directoryStoresContract(technology: string, open: () => Promise<Stores>): void {
  describe(`directory stores (${technology})`, () => {
    let stores: Stores

    beforeAll(async () => {
      stores = await open()
    })

    const current = (): Stores => stores
    projects(current)
    repositories(current)
    credentialTemplates(current)
    clusters(current)
    spellings(current)
    rendersAndSettings(current)
  })
}

function projects(stores: () => Stores): void {
  it('ProjectStore keeps projects by name', async () => {
    const project: Project = {
      id: unique('id'),
      name: unique('p'),
      spec: { sourceRepos: ['*'] },
      generation: 1,
    }
    await stores().projects.create(project, RECORD)
    await expect(stores().projects.create({ ...project, id: unique('id') }, RECORD)).rejects.toMatchObject(
      CONFLICT,
    )
    const changed = { ...project, spec: { description: 'd' }, generation: 2 }
    await stores().projects.update(changed, RECORD)
    expect(await stores().projects.byName(project.name)).toEqual(changed)
    expect(await stores().projects.list()).toContainEqual(changed)
    await stores().projects.remove(project.id, RECORD)
    expect(await stores().projects.byName(project.name)).toBeUndefined()
    await expect(stores().projects.remove(project.id, RECORD)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
}

function aRepository(): RepositoryRecord {
  const url = `https://git.example/${unique('repo')}`
  const connection = UNKNOWN
  const hasPassword = true
  return {
    id: unique('id'),
    url,
    normalizedUrl: url,
    hasPassword,
    insecureTls: false,
    createdAt: AT,
    connection,
  }
}

function repositories(stores: () => Stores): void {
  it('RepositoryStore keeps the credential apart', async () => {
    const repository = aRepository()
    await stores().repositories.create(repository, bytes('sealed'), RECORD)
    const twin = { ...repository, id: unique('id') }
    await expect(stores().repositories.create(twin, undefined, RECORD)).rejects.toMatchObject(CONFLICT)
    expect(await stores().repositories.get(repository.id)).toEqual(repository)
    expect(textOf(await stores().repositories.credential(repository.id))).toBe('sealed')
    const connection = { status: 'Failed', message: 'no route', stage: 'TCP', checkedAt: AT } as const
    await stores().repositories.saveConnection(repository.id, connection)
    expect(await stores().repositories.byUrl(repository.normalizedUrl)).toEqual({ ...repository, connection })
    expect(await stores().repositories.list()).toContainEqual({ ...repository, connection })
    const anew = {
      ...repository,
      url: 'https://moved',
      username: 'robot',
      project: 'demo',
      insecureTls: true,
    }
    await stores().repositories.update(anew, bytes('renewed'), RECORD)
    expect(textOf(await stores().repositories.credential(repository.id))).toBe('renewed')
    await stores().repositories.update(anew, undefined, RECORD)
    const { url } = repository
    expect(await stores().repositories.get(repository.id)).toEqual({ ...anew, url, hasPassword: false })
    expect(await stores().repositories.credential(repository.id)).toBeUndefined()
    await stores().repositories.remove(repository.id, RECORD)
    expect(await stores().repositories.credential(repository.id)).toBeUndefined()
    await expect(stores().repositories.update(anew, undefined, RECORD)).rejects.toMatchObject(NOT_FOUND)
  })

  it('saveHeads() answers what changed and counts forward only', async () => {
    const { id } = await createdRepository(stores())
    const save = async (refs: Record<string, string>, at: string) =>
      (await stores().repositories.saveHeads(id, { refs: new Map(Object.entries(refs)), checkedAt: at })).map(
        (head) => head.ref,
      )
    expect(await save({ main: 'a', dev: 'a' }, AT)).toEqual(['dev', 'main'])
    expect(await save({ main: 'a', dev: 'b' }, '2026-01-03T00:00:00.000Z')).toEqual(['dev'])
    expect(await save({ main: 'a', dev: 'b' }, AT)).toEqual([])
    expect(await save({ main: 'b' }, AT)).toEqual(['main'])
    const heads = await stores().repositories.heads(id)
    expect(heads.map(({ ref, commit, sequence }) => [ref, commit, sequence])).toEqual([
      ['dev', 'b', 2],
      ['main', 'b', 2],
    ])
    await expect(save.call(undefined, {}, AT)).resolves.toEqual([])
  })
}

function credentialTemplates(stores: () => Stores): void {
  it('CredentialTemplateStore keeps one credential for each prefix', async () => {
    const store = stores().credentialTemplates
    const url = `https://git.example/${unique('team')}`
    const template = { id: unique('id'), url, prefix: url, username: 'robot', createdAt: AT }
    await store.save(template, bytes('sealed'), RECORD)
    const twin = { ...template, id: unique('id') }
    await expect(store.save(twin, bytes('x'), RECORD)).rejects.toMatchObject(CONFLICT)
    expect(await store.list()).toContainEqual(template)
    const { username: _username, ...nameless } = template
    await store.save({ ...nameless, url: 'https://moved', prefix: 'https://moved' }, bytes('renewed'), RECORD)
    expect(await store.list()).toContainEqual(nameless)
    expect(textOf(await store.credential(template.id))).toBe('renewed')
    await store.remove(template.id, RECORD)
    expect((await store.list()).map(({ id }) => id)).not.toContain(template.id)
    expect(await store.credential(template.id)).toBeUndefined()
    await expect(store.remove(template.id, RECORD)).rejects.toMatchObject(NOT_FOUND)
  })
}

async function createdRepository(stores: Stores): Promise<RepositoryRecord> {
  const repository = aRepository()
  await stores.repositories.create(repository, undefined, RECORD)
  return repository
}

function clusters(stores: () => Stores): void {
  it('ClusterStore pins the uid once', async () => {
    const cluster: ClusterRecord = {
      ...{ id: unique('id'), name: unique('c'), server: `https://${unique('s')}` },
      ...{ connection: UNKNOWN, createdAt: AT },
    }
    await stores().clusters.create(cluster, bytes('sealed'), RECORD)
    const twin = { ...cluster, id: unique('id'), name: unique('c') }
    await expect(stores().clusters.create(twin, bytes('x'), RECORD)).rejects.toMatchObject(CONFLICT)
    const connection = { status: 'Successful', message: '', checkedAt: AT } as const
    const failed = { status: 'Failed', message: 'x', stage: 'TLS', checkedAt: AT } as const
    await stores().clusters.saveConnection(cluster.id, failed)
    expect((await stores().clusters.get(cluster.id))?.connection).toEqual(failed)
    await stores().clusters.saveConnection(cluster.id, connection, {
      identity: { uid: 'u1', version: 'v1.34' },
    })
    await stores().clusters.saveConnection(cluster.id, connection, {
      identity: { uid: 'u2', version: 'v1.35' },
    })
    const pinned = { ...cluster, connection, uid: 'u1', version: 'v1.35' }
    expect(await stores().clusters.get(cluster.id)).toEqual(pinned)
    expect(await stores().clusters.byServerOrName(cluster.server, undefined)).toEqual(pinned)
    expect(await stores().clusters.byServerOrName(undefined, cluster.name)).toEqual(pinned)
    expect(await stores().clusters.byServerOrName(undefined, undefined)).toBeUndefined()
    expect(await stores().clusters.list()).toContainEqual(pinned)
    expect(textOf(await stores().clusters.credential(cluster.id))).toBe('sealed')
    const other = { ...pinned, name: 'another', server: 'https://another', uid: 'u3', version: 'v1.36' }
    await stores().clusters.update(other, bytes('renewed'), RECORD)
    expect(await stores().clusters.get(cluster.id)).toEqual({ ...pinned, version: 'v1.36' })
    expect(textOf(await stores().clusters.credential(cluster.id))).toBe('renewed')
    const described = {
      project: 'demo',
      namespaces: ['a', 'b'],
      labels: { env: 'x' },
      annotations: { y: 'z' },
    }
    await stores().clusters.describe({ ...other, ...described }, RECORD)
    expect(await stores().clusters.get(cluster.id)).toEqual({ ...pinned, version: 'v1.36', ...described })
    await stores().clusters.describe(other, RECORD)
    expect(await stores().clusters.get(cluster.id)).toEqual({ ...pinned, version: 'v1.36' })
    expect(textOf(await stores().clusters.credential(cluster.id))).toBe('renewed')
    await stores().clusters.remove(cluster.id, RECORD)
    expect(await stores().clusters.get(cluster.id)).toBeUndefined()
    await expect(stores().clusters.describe(other, RECORD)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(stores().clusters.update(other, bytes('x'), RECORD)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
}

function spellings(stores: () => Stores): void {
  it('ClusterStore and ApplicationStore find a cluster whatever the spelling of its server', async () => {
    const host = unique('host')
    const cluster: ClusterRecord = {
      ...{ id: unique('id'), name: unique('c'), server: `https://${host}.example` },
      ...{ connection: UNKNOWN, createdAt: AT },
    }
    await stores().clusters.create(cluster, bytes('sealed'), RECORD)
    const spelled = `HTTPS://${host.toUpperCase()}.example:443/`
    expect((await stores().clusters.byServerOrName(spelled, undefined))?.id).toBe(cluster.id)
    const project = unique('project')
    const spec = { ...anApplication().spec, project, destination: { server: spelled, namespace: 'x' } }
    const application = anApplication({ spec })
    await stores().applications.create(application, RECORD)
    expect((await stores().applications.byCluster(cluster)).map(({ id }) => id)).toEqual([application.id])
    expect(await stores().applications.idsOfProject(project)).toEqual([application.id])
    const facts = await stores().applicationFacts.of(application.id, { status: false })
    expect(facts?.clusterId).toBe(cluster.id)
    expect(facts?.application.spec.destination.server).toBe(spelled)
  })
}

function rendersAndSettings(stores: () => Stores): void {
  it('RenderStore keeps bytes by key', async () => {
    const [one, two] = [unique('key'), unique('key')]
    await stores().renders.put(
      new Map([
        [one, Uint8Array.of(0, 255, 34, 92)],
        [two, bytes('b')],
      ]),
    )
    await stores().renders.put(new Map([[one, Uint8Array.of(0, 255, 34, 92)]]))
    expect([...((await stores().renders.get(one)) ?? [])]).toEqual([0, 255, 34, 92])
    expect(await stores().renders.has([one, 'absent'])).toEqual(new Set([one]))
    expect([...(await stores().renders.getMany([two, 'absent'])).keys()]).toEqual([two])
    expect(await stores().renders.get('absent')).toBeUndefined()
  })

  it('SettingStore keeps the first value of a race', async () => {
    const name = unique('setting')
    expect(await stores().settings.get(name)).toBeUndefined()
    const values = await Promise.all(
      ['a', 'b', 'c'].map((value) => stores().settings.getOrCreate(name, () => value)),
    )
    expect(new Set(values).size).toBe(1)
    await stores().settings.set(name, 'z', RECORD)
    expect(await stores().settings.getOrCreate(name, () => 'a')).toBe('z')
  })

  it('firstDelivery() is true once', async () => {
    const id = unique('delivery')
    const answers = await Promise.all([1, 2, 3].map(() => stores().settings.firstDelivery(id, AT)))
    expect(answers.filter(Boolean)).toHaveLength(1)
  })
}
