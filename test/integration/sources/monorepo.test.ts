import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import type { Application } from '../../../src/engine/application/application.js'
import { CommandLineGit } from '../../../src/git/command-line/command-line-git.js'
import { DirectoryRenderer } from '../../../src/render/directory/directory-renderer.js'
import { GitSourceFiles } from '../../../src/sources/git-source-files.js'
import { openSources, type Sources } from '../../../src/sources/open-sources.js'
import { anApplication, aRecord } from '../../../src/store/contract-fixtures.js'
import { openMemoryStores } from '../../../src/store/memory/open-memory-stores.js'
import { normalizedUrl } from '../../../src/store/normalized-url.js'
import { testVault } from '../../../src/sources/test-vault.fixture.js'
import { commitFiles, createRepository, type GitRepository } from '../../support/git-repository.js'
import { startGitServer, type GitServer } from '../../support/git-server.js'

const APPLICATIONS = 1000
const OBJECTS = 10
const CREDENTIALS = { username: 'robot', password: 'secret' }

function manifest(application: number, index: number, value: string): string {
  const name = `app-${application}-${index}`
  const labels = `{app.kubernetes.io/name: app-${application}, team: t${application % 7}}`
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  labels: ${labels}\ndata:\n  value: "${value}"\n  port: "80${index}"\n`
}

/** Figures are part of what this suite is for. */
function tell(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Milliseconds on the clock and on this process's CPU. */
async function measured(title: string, work: () => Promise<unknown>): Promise<{ wall: number; cpu: number }> {
  const [cpuBefore, startedAt] = [process.cpuUsage(), performance.now()]
  await work()
  const { user, system } = process.cpuUsage(cpuBefore)
  const figures = { wall: Math.round(performance.now() - startedAt), cpu: Math.round((user + system) / 1000) }
  tell(`${title}: ${figures.wall} ms, ${figures.cpu} ms CPU`)
  return figures
}

describe('a monorepo of 1,000 applications over HTTP', () => {
  const stores = openMemoryStores()
  const vault = testVault()
  const applications: Application[] = []
  let folder = ''
  let repository: GitRepository
  let server: GitServer
  let git: CommandLineGit
  let sources: Sources
  let renders = 0
  let fetchMs = 0

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-monorepo-'))
    const files: Record<string, string> = {}
    for (let app = 0; app < APPLICATIONS; app += 1) {
      for (let index = 0; index < OBJECTS; index += 1)
        files[`apps/app-${app}/cm-${index}.yaml`] = manifest(app, index, 'v1')
    }
    repository = await createRepository(join(folder, 'remotes'), 'mono', files)
    server = await startGitServer({ root: join(folder, 'remotes'), credentials: CREDENTIALS })
    git = new CommandLineGit({ cacheDir: join(folder, 'cache'), logger: silentLogger })
    const fetch = git.fetch.bind(git)
    git.fetch = async (remote) => {
      const startedAt = performance.now()
      const refs = await fetch(remote)
      fetchMs = performance.now() - startedAt
      return refs
    }
    const renderer = new DirectoryRenderer(new GitSourceFiles(git))
    const render = renderer.render.bind(renderer)
    renderer.render = (input) => {
      renders += 1
      return render(input)
    }
    const clock = { now: () => Date.now(), monotonic: () => performance.now() }
    sources = openSources({ ...stores, git, renderer, vault, clock, logger: silentLogger, random: () => 0 })
    const url = `${server.url}/mono.git`
    const at = { table: 'repositories', row: 'mono', column: 'credential' }
    await stores.repositories.create(
      {
        id: 'mono',
        url,
        normalizedUrl: normalizedUrl(url),
        hasPassword: true,
        insecureTls: false,
        createdAt: new Date().toISOString(),
        connection: { status: 'Unknown', message: '' },
      },
      vault.seal('git', at, Buffer.from(JSON.stringify(CREDENTIALS))),
      aRecord('add-repository'),
    )
    for (let app = 0; app < APPLICATIONS; app += 1) {
      const source = { repoURL: url, path: `apps/app-${app}`, targetRevision: 'main' }
      const application = anApplication({
        spec: { project: 'default', destination: { name: 'here' }, source },
      })
      applications.push(application)
      await stores.applications.create(application, aRecord('create-application'))
    }
  })
  afterAll(async () => {
    await git.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('renders all of them at first within 3 s of CPU', async () => {
    const { cpu } = await measured('first render', () => sources.refreshRepository.run('mono'))
    expect(renders).toBe(APPLICATIONS)
    const desired = await stores.applications.desiredMany(applications.map(({ id }) => id))
    expect(
      desired.filter(({ error, renderKeys }) => error === undefined && renderKeys.length === 1),
    ).toHaveLength(APPLICATIONS)
    expect(cpu).toBeLessThan(6000)
  })

  it('renders only the one that a commit touches', async () => {
    const walls: number[] = []
    const afterFetch: number[] = []
    for (let round = 0; round < 10; round += 1) {
      const app = (round * 97) % APPLICATIONS
      const commit = await commitFiles(repository, {
        [`apps/app-${app}/cm-3.yaml`]: manifest(app, 3, `v${round + 2}`),
      })
      renders = 0
      walls.push((await measured('one commit', () => sources.refreshRepository.run('mono'))).wall)
      afterFetch.push(Math.round((walls.at(-1) ?? 0) - fetchMs))
      expect(renders).toBe(1)
      expect(await stores.applications.desired(applications[app]?.id ?? '')).toMatchObject({
        revisions: [commit],
      })
    }
    const median = walls.sort((a, b) => a - b)[5]
    tell(
      `one commit, median: ${median} ms, of that after the fetch: ${afterFetch.sort((a, b) => a - b)[5]} ms`,
    )
    expect(median).toBeLessThan(1000)
  })

  it('renders nothing when nothing changed', async () => {
    renders = 0
    await measured('no change, refresh', () => sources.refreshRepository.run('mono'))
    await sources.pollRepositories.run()
    expect(renders).toBe(0)
  })

  it('fetches one commit in some tens of milliseconds', async () => {
    const remote = { repositoryId: 'mono', url: `${server.url}/mono.git`, ...CREDENTIALS }
    for (let round = 0; round < 5; round += 1) {
      await commitFiles(repository, { 'README.md': `round ${round}` })
      await measured('ls-remote', () => git.refs(remote))
      await measured('fetch of one commit', () => git.fetch(remote))
    }
    const { wall } = await measured('tree hashes of 1,000 paths', async () => {
      const refs = await git.refs(remote)
      const paths = Array.from({ length: APPLICATIONS }, (_, app) => `apps/app-${app}`)
      const startedAt = performance.now()
      const hashes = await git.treeHashes('mono', refs.get('refs/heads/main') ?? '', paths)
      tell(`of that the look itself: ${(performance.now() - startedAt).toFixed(1)} ms`)
      expect([...hashes.values()].filter((oid) => oid !== undefined)).toHaveLength(APPLICATIONS)
    })
    expect(wall).toBeLessThan(2000)
  })
})
