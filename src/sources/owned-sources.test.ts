import { beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../base/logger.js'
import { FakeGit } from '../git/fake/fake-git.js'
import { DirectoryRenderer } from '../render/directory/directory-renderer.js'
import { aHolder, anApplication, aRecord } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { normalizedUrl } from '../store/normalized-url.js'
import { outdatedFence } from '../store/outdated-fence.js'
import type { Fence } from '../store/records.js'
import type { Stores } from '../store/stores.js'
import { GitSourceFiles } from './git-source-files.js'
import { openSources, type Sources } from './open-sources.js'
import { testVault } from './test-vault.fixture.js'

const URL = 'https://git.example.com/org/one.git'
const KEY = { kind: 'repository', id: 'one' } as const
const LONG = { ttlMs: 60_000 }

/** One of several source workers on the same stores. */
interface Worker {
  readonly sources: Sources
  readonly handedOver: string[]
  /** Runs once, in the middle of the next render. */
  meanwhile: (() => Promise<void>) | undefined
  take(): Promise<void>
  release(): Promise<void>
}

describe('sources of several workers', () => {
  let stores: Stores
  let git: FakeGit
  const vault = testVault()

  const open = (): Worker => {
    const holder = aHolder()
    const renderer = new DirectoryRenderer(new GitSourceFiles(git))
    const render = renderer.render.bind(renderer)
    const handedOver: string[] = []
    let held: Fence | undefined
    const worker: Worker = {
      handedOver,
      meanwhile: undefined,
      sources: openSources({
        ...{ ...stores, git, renderer, vault, logger: silentLogger, random: () => 0.5 },
        clock: { now: () => Date.now(), monotonic: () => performance.now() },
        owns: () => held !== undefined,
        fence: () => {
          if (held === undefined) throw outdatedFence()
          return held
        },
        handOver: async (id) => void handedOver.push(id),
      }),
      take: async () => {
        const lease = await stores.leases.acquire(KEY, holder, LONG)
        held = { ...KEY, epoch: lease?.epoch ?? 0 }
      },
      release: () => stores.leases.release(holder, [KEY]),
    }
    renderer.render = async (input) => {
      const { meanwhile } = worker
      worker.meanwhile = undefined
      await meanwhile?.()
      return render(input)
    }
    return worker
  }

  const commit = (text: string): string =>
    git.commit(URL, { 'app/cm.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${text}}\n` })

  const createApplication = async () => {
    const spec = { project: 'default', destination: { name: 'here' }, source: { repoURL: URL, path: 'app' } }
    const application = anApplication({ spec })
    await stores.applications.create(application, aRecord('create-application'))
    return application
  }

  beforeEach(async () => {
    stores = openMemoryStores()
    git = new FakeGit()
    const facts = { hasPassword: false, insecureTls: false, createdAt: '2026-01-01T00:00:00.000Z' }
    const connection = { status: 'Unknown', message: '' } as const
    const record = { id: 'one', url: URL, normalizedUrl: normalizedUrl(URL), ...facts, connection }
    await stores.repositories.create(record, undefined, aRecord('add-repository'))
  })

  it('who loses the repository in the middle writes neither heads nor what applications should be', async () => {
    const application = await createApplication()
    const [old, next] = [open(), open()]
    commit('old')
    await old.take()
    let newest = ''
    old.meanwhile = async () => {
      await old.release()
      await next.take()
      newest = commit('new')
      await next.sources.refreshRepository.run('one')
    }
    await expect(old.sources.refreshRepository.run('one')).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/no longer owns the repository/),
    })
    expect(newest).not.toBe('')
    expect((await stores.applications.desired(application.id))?.revisions).toEqual([newest])
    expect((await stores.repositories.heads('one')).map((head) => head.commit)).toContain(newest)
  })

  it('who owns it again in another epoch does not write what it read in the former one', async () => {
    const application = await createApplication()
    const [old, next] = [open(), open()]
    const first = commit('first')
    await old.take()
    await old.sources.refreshRepository.run('one')
    commit('second')
    let newest = ''
    old.meanwhile = async () => {
      await old.release()
      await next.take()
      newest = commit('third')
      await next.sources.refreshRepository.run('one')
      await next.release()
      await old.take()
    }
    await expect(old.sources.refreshRepository.run('one')).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(newest).not.toBe(first)
    expect((await stores.applications.desired(application.id))?.revisions).toEqual([newest])
  })

  it('an application is rendered by the owner of its repository: another one hands it over', async () => {
    const application = await createApplication()
    const [owner, other] = [open(), open()]
    const newest = commit('one')
    await owner.take()
    await other.sources.refreshApplication.run(application.id)
    expect(other.handedOver).toEqual(['one'])
    expect(await stores.applications.desired(application.id)).toBeUndefined()
    await owner.sources.refreshRepository.run('one')
    expect((await stores.applications.desired(application.id))?.revisions).toEqual([newest])
  })
})
