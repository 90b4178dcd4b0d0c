import { beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../base/app-error.js'
import { silentLogger } from '../base/logger.js'
import type { Application, ApplicationSource } from '../engine/application/application.js'
import { FakeGit } from '../git/fake/fake-git.js'
import { DirectoryRenderer } from '../render/directory/directory-renderer.js'
import { decodeRender, renderLocation } from '../render/render-archive.js'
import { anApplication, aRecord } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { normalizedUrl } from '../store/normalized-url.js'
import type { Desired } from '../store/records.js'
import { toRenderAnew } from '../store/render-anew.js'
import type { Stores } from '../store/stores.js'
import { testVault } from './test-vault.fixture.js'
import { GitSourceFiles } from './git-source-files.js'
import { openSources, type Sources } from './open-sources.js'

const URL_ONE = 'https://git.example.com/Org/one.git'
const URL_TWO = 'https://git.example.com/org/two'
const DOWN = new AppError('UPSTREAM_GIT', 'Cannot fetch repository: connection refused', { retry: 'backoff' })

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`

describe('sources', () => {
  let stores: Stores
  let git: FakeGit
  let sources: Sources
  let now = 0
  const vault = testVault()
  const renders = { count: 0 }

  const open = (): void => {
    const renderer = new DirectoryRenderer(new GitSourceFiles(git))
    const render = renderer.render.bind(renderer)
    renderer.render = (input) => {
      renders.count += 1
      return render(input)
    }
    const clock = { now: () => now, monotonic: () => now }
    sources = openSources({ ...stores, git, renderer, vault, clock, logger: silentLogger, random: () => 0.5 })
  }

  beforeEach(async () => {
    stores = openMemoryStores()
    git = new FakeGit()
    renders.count = 0
    now = Date.parse('2026-01-01T00:00:00Z')
    open()
    for (const [id, url] of Object.entries({ one: URL_ONE, two: URL_TWO })) {
      const connection = { status: 'Unknown', message: '' } as const
      const sealed = vault.seal(
        'git',
        { table: 'repositories', row: id, column: 'credential' },
        Buffer.from(JSON.stringify({ username: 'robot', password: 'secret' })),
      )
      const record = { id, url, normalizedUrl: normalizedUrl(url), hasPassword: true, insecureTls: false }
      const createdAt = new Date(now).toISOString()
      await stores.repositories.create(
        { ...record, createdAt, connection },
        sealed,
        aRecord('add-repository'),
      )
    }
    git.commit(URL_ONE, { 'apps/a/cm.yaml': configMap('a'), 'apps/b/cm.yaml': configMap('b') })
    git.commit(URL_TWO, { 'x/cm.yaml': configMap('x') })
  })

  const create = async (source: Partial<ApplicationSource>, more: readonly ApplicationSource[] = []) => {
    const first = { repoURL: URL_ONE, ...source }
    const base = { project: 'default', destination: { name: 'here' } }
    const spec = more.length === 0 ? { ...base, source: first } : { ...base, sources: [first, ...more] }
    const application = anApplication({ spec })
    await stores.applications.create(application, aRecord('create-application'))
    return application
  }

  const desired = async ({ id }: Application): Promise<Desired> => {
    const found = await stores.applications.desired(id)
    if (found === undefined) throw new Error('nothing is desired')
    return found
  }

  const objects = async (application: Application): Promise<readonly string[]> => {
    const names: string[] = []
    for (const key of (await desired(application)).renderKeys) {
      const sealed = await stores.renders.get(key)
      if (sealed === undefined) throw new Error('the render is not stored')
      const manifests = decodeRender(sealed, (bytes) => vault.open('renders', renderLocation(key), bytes))
      names.push(...manifests.map(({ manifest }) => manifest.metadata.name))
    }
    return names
  }

  it('a first refresh renders every application and stores sealed renders', async () => {
    const [a, b] = [
      await create({ path: 'apps/a' }),
      await create({ path: 'apps/b', repoURL: URL_ONE.toLowerCase() }),
    ]
    const commit = git.commit(URL_ONE, { 'README.md': 'hi' })
    expect(await sources.refreshRepository.run('one')).toEqual({})
    expect(await objects(a)).toEqual(['a'])
    expect(await objects(b)).toEqual(['b'])
    const wish = await desired(a)
    expect(wish).toMatchObject({ generation: 1, revisions: [commit] })
    expect(wish.error).toBeUndefined()
    expect(Object.keys(wish.inputs[0] ?? {})).toEqual(['apps/a'])
    expect((await stores.repositories.get('one'))?.connection.status).toBe('Successful')
    const pending = (await stores.outbox.pending(100)).map(({ doorbell }) => doorbell)
    expect(pending).toContainEqual({ kind: 'application', id: a.id })
  })

  it('a commit that touches one application renders that one alone', async () => {
    const [a, b] = [await create({ path: 'apps/a' }), await create({ path: 'apps/b' })]
    await sources.refreshRepository.run('one')
    const before = await desired(b)
    renders.count = 0
    git.calls.entries = 0
    git.commit(URL_ONE, { 'apps/a/more.yaml': configMap('more') })
    await sources.refreshRepository.run('one')
    expect(renders.count).toBe(1)
    expect(git.calls.entries).toBe(1)
    expect(await objects(a)).toEqual(['a', 'more'])
    expect(await desired(b)).toEqual(before)
  })

  it('unchanged heads render nothing, write no wish, and are only noted as checked', async () => {
    const a = await create({ path: 'apps/a' })
    await sources.pollRepositories.run()
    const before = await desired(a)
    const calls = { ...git.calls, refs: git.calls.refs + 2 }
    now += 300_000
    await sources.pollRepositories.run()
    expect(git.calls).toEqual(calls)
    expect(await desired(a)).toBe(before)
    const heads = await stores.repositories.heads('one')
    expect(heads.every(({ checkedAt }) => checkedAt === new Date(now).toISOString())).toBe(true)
  })

  it('a poll looks when the time has come, and refreshes when heads moved', async () => {
    const a = await create({ path: 'apps/a' })
    await sources.pollRepositories.run()
    git.commit(URL_ONE, { 'apps/a/cm.yaml': configMap('changed') })
    now += 149_000
    await sources.pollRepositories.run()
    expect(await objects(a)).toEqual(['a'])
    now += 2_000
    await sources.pollRepositories.run()
    expect(await objects(a)).toEqual(['changed'])
  })

  it('a branch that the remote removed is noticed', async () => {
    git.commit(URL_ONE, { 'apps/a/cm.yaml': configMap('feature') }, 'feature')
    const a = await create({ path: 'apps/a', targetRevision: 'feature' })
    await sources.pollRepositories.run()
    expect(await objects(a)).toEqual(['feature'])
    git.setRef(URL_ONE, 'refs/heads/feature', undefined)
    now += 300_000
    await sources.pollRepositories.run()
    expect(await desired(a)).toMatchObject({
      renderKeys: [],
      error: expect.stringContaining('Revision "feature"'),
    })
  })

  it('equal sources share one render, and a revert meets the stored one', async () => {
    const applications = [
      await create({ path: 'apps/a' }),
      await create({ path: 'apps/a/' }),
      await create({ path: 'apps/a' }),
    ]
    await sources.refreshRepository.run('one')
    // `apps/a/` is another text for the same folder: rendered apart, which costs little and never confuses two.
    expect(renders.count).toBe(2)
    git.commit(URL_ONE, { 'apps/a/cm.yaml': configMap('other') })
    await sources.refreshRepository.run('one')
    git.commit(URL_ONE, { 'apps/a/cm.yaml': configMap('a') })
    await sources.refreshRepository.run('one')
    expect(renders.count).toBe(4)
    for (const application of applications) expect(await objects(application)).toEqual(['a'])
  })

  it('a broken file fails its application alone, until a commit mends it', async () => {
    const [a, b] = [await create({ path: 'apps/a' }), await create({ path: 'apps/b' })]
    await sources.refreshRepository.run('one')
    git.commit(URL_ONE, { 'apps/a/cm.yaml': 'apiVersion: [\n', 'apps/b/cm.yaml': configMap('b2') })
    expect(await sources.refreshRepository.run('one')).toEqual({})
    expect(await desired(a)).toMatchObject({
      renderKeys: [],
      error: expect.stringMatching(/^apps\/a\/cm\.yaml:\d+: /),
    })
    expect(await objects(b)).toEqual(['b2'])
    renders.count = 0
    await sources.refreshRepository.run('one')
    expect(renders.count).toBe(0)
    git.commit(URL_ONE, { 'apps/a/cm.yaml': configMap('mended') })
    await sources.refreshRepository.run('one')
    expect(await objects(a)).toEqual(['mended'])
    expect((await desired(a)).error).toBeUndefined()
  })

  it('an absent path is an error, and is rendered as soon as it appears', async () => {
    const a = await create({ path: 'apps/later' })
    const outside = await create({ path: '../etc' })
    await sources.refreshRepository.run('one')
    expect((await desired(a)).error).toContain('does not exist')
    expect((await desired(outside)).error).toContain('must not contain ".."')
    git.commit(URL_ONE, { 'apps/later/cm.yaml': configMap('later') })
    await sources.refreshRepository.run('one')
    expect(await objects(a)).toEqual(['later'])
  })

  it('Git away keeps good renders, is told at the repository, and heals', async () => {
    const a = await create({ path: 'apps/a' })
    await sources.refreshRepository.run('one')
    const before = await desired(a)
    git.failWith(URL_ONE, DOWN)
    expect(await sources.refreshRepository.run('one')).toEqual({ requeueAfterSeconds: 30 })
    expect(await desired(a)).toEqual(before)
    expect((await stores.repositories.get('one'))?.connection).toMatchObject({
      status: 'Failed',
      message: DOWN.message,
    })
    const fresh = await create({ path: 'apps/b' })
    await sources.refreshApplication.run(fresh.id)
    expect(await objects(fresh)).toEqual(['b'])
    git.failWith(URL_ONE, undefined)
    now += 60_000
    await sources.pollRepositories.run()
    expect((await stores.repositories.get('one'))?.connection.status).toBe('Successful')
  })

  it('Git away from the start is the sentence of the application, and heals', async () => {
    const a = await create({ path: 'apps/a' })
    git.failWith(URL_ONE, DOWN)
    await sources.refreshRepository.run('one')
    expect(await desired(a)).toMatchObject({ error: DOWN.message, renderKeys: [], inputs: [] })
    git.failWith(URL_ONE, undefined)
    await sources.refreshRepository.run('one')
    expect(await objects(a)).toEqual(['a'])
  })

  it('a repository that is not connected is the sentence of the application', async () => {
    const a = await create({ repoURL: 'https://git.example.com/nobody/knows', path: '.' })
    await sources.refreshApplication.run(a.id)
    expect((await desired(a)).error).toContain('is not connected')
  })

  it('a changed spec is rendered, an unchanged one is not written again', async () => {
    const a = await create({ path: 'apps/a' })
    await sources.refreshApplication.run(a.id)
    const first = await desired(a)
    await sources.refreshApplication.run(a.id)
    expect(await desired(a)).toBe(first)
    const spec = { ...a.spec, source: { repoURL: URL_ONE, path: 'apps/b' } }
    await stores.applications.update({ ...a, spec, generation: 2 }, aRecord('update-application'))
    await sources.refreshApplication.run(a.id)
    expect(await desired(a)).toMatchObject({ generation: 2 })
    expect(await objects(a)).toEqual(['b'])
  })

  it('a hard refresh fetches first and renders again', async () => {
    const a = await create({ path: 'apps/a' })
    await sources.refreshApplication.run(a.id)
    git.commit(URL_ONE, { 'apps/a/cm.yaml': configMap('newer') })
    await sources.refreshApplication.run(a.id)
    expect(await objects(a)).toEqual(['newer'])
    renders.count = 0
    await sources.refreshApplication.run(a.id, { hard: true })
    expect(renders.count).toBe(1)
    await stores.applications.saveDesired([toRenderAnew(await desired(a))])
    await sources.refreshRepository.run('one')
    expect([renders.count, (await desired(a)).generation]).toEqual([2, 1])
  })

  it('several sources are rendered in order, and follow each of their repositories', async () => {
    const both = await create({ path: 'apps/a' }, [
      { repoURL: URL_TWO, path: 'x' },
      { repoURL: URL_ONE, ref: 'values' },
    ])
    await sources.refreshRepository.run('one')
    expect(await objects(both)).toEqual(['a', 'x'])
    expect((await desired(both)).revisions).toHaveLength(3)
    git.commit(URL_TWO, { 'x/cm.yaml': configMap('x2') })
    await Promise.all([sources.refreshRepository.run('two'), sources.refreshRepository.run('one')])
    expect(await objects(both)).toEqual(['a', 'x2'])
  })

  it('an emptied mirror is fetched again when a stored head needs it', async () => {
    const a = await create({ path: 'apps/a' })
    await sources.refreshRepository.run('one')
    await git.close()
    open()
    const b = await create({ path: 'apps/b' })
    await sources.refreshApplication.run(b.id)
    expect(await objects(b)).toEqual(['b'])
    expect(await objects(a)).toEqual(['a'])
  })

  it('the same content in another repository is another render: the credential scope is part of the key', async () => {
    git.commit(URL_TWO, { 'apps/a/cm.yaml': configMap('a') })
    const [a, b] = [await create({ path: 'apps/a' }), await create({ path: 'apps/a', repoURL: URL_TWO })]
    await sources.refreshRepository.run('one')
    await sources.refreshRepository.run('two')
    expect((await desired(a)).renderKeys).not.toEqual((await desired(b)).renderKeys)
  })

  it('a repository that is removed during its refresh ends it quietly', async () => {
    const fetch = git.fetch.bind(git)
    git.fetch = async (remote) => {
      await stores.repositories.remove('one', aRecord('remove-repository'))
      return fetch(remote)
    }
    expect(await sources.refreshRepository.run('one')).toEqual({})
    expect(await sources.refreshRepository.run('one')).toEqual({})
  })

  it('an older look never overwrites a newer one', async () => {
    const a = await create({ path: 'apps/a' })
    const runs: Promise<unknown>[] = []
    for (let index = 0; index < 20; index += 1) {
      git.commit(URL_ONE, { 'apps/a/cm.yaml': configMap(`n${index}`) })
      runs.push(sources.refreshRepository.run('one'), sources.refreshApplication.run(a.id))
    }
    await Promise.all(runs)
    expect(await objects(a)).toEqual(['n19'])
  })
})
