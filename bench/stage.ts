import { chmod, mkdtemp, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureClusterBinary } from '../test/cluster/build-cluster-binary.js'
import { type TestCluster, launchCluster } from '../test/cluster/launch-cluster.js'
import { type GitServer, startGitServer } from '../test/support/git-server.js'
import { closeAtEnd } from './closers.js'
import { inFlight } from './cluster/apply-manifests.js'
import { Observer } from './cluster/observer.js'
import { git } from './repository/git.js'
import { type RepositoryShape, namespacesOf } from './repository/manifests.js'
import { writeRepository } from './repository/write-repository.js'

const EXISTS = [409]

/** Everything around a contestant: a fresh cluster with its namespaces, the repository, the observer. */
export interface Stage {
  readonly cluster: TestCluster
  readonly observer: Observer
  readonly shape: RepositoryShape
  /** Scratch space of the contestant. */
  readonly folder: string
  /** A working copy; `push` publishes it. */
  readonly workingCopy: string
  readonly repositoryUrl: string
  push(): Promise<void>
  /** Also happens when the program is interrupted. */
  close(): Promise<void>
}

export async function openStage(shape: RepositoryShape): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-bench-'))
  // As root, Postgres runs as another user and must be able to pass through to its own folder.
  await chmod(folder, 0o711)
  const closers: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true, maxRetries: 5 })]
  const close = closeAtEnd(async () => {
    for (const one of closers.toReversed()) await one()
  })
  try {
    const cluster = await startCluster(folder)
    closers.push(() => cluster.stop())
    const { server, workingCopy } = await startRepository(folder, shape)
    closers.push(() => server.stop())
    await createNamespaces(cluster, shape)
    const observer = new Observer(cluster.client('observer'))
    await observer.start()
    closers.push(async () => observer.stop())
    const push = async (): Promise<void> => void (await git(workingCopy, 'push', '--quiet', 'origin', 'main'))
    const repositoryUrl = `${server.url}/apps.git`
    return { cluster, observer, shape, folder, workingCopy, repositoryUrl, push, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function startCluster(folder: string): Promise<TestCluster> {
  const binary = await ensureClusterBinary({ onProgress: (line) => process.stderr.write(`${line}\n`) })
  return launchCluster({ dir: join(folder, 'cluster'), binary, controllers: 'lean', fsync: true })
}

async function startRepository(
  folder: string,
  shape: RepositoryShape,
): Promise<{ readonly server: GitServer; readonly workingCopy: string }> {
  const workingCopy = join(folder, 'working-copy')
  const root = join(folder, 'served')
  await mkdir(root)
  await writeRepository(workingCopy, shape)
  await git(root, 'clone', '--quiet', '--bare', workingCopy, 'apps.git')
  await git(workingCopy, 'remote', 'add', 'origin', join(root, 'apps.git'))
  return { server: await startGitServer({ root }), workingCopy }
}

async function createNamespaces(cluster: TestCluster, shape: RepositoryShape): Promise<void> {
  await inFlight(namespacesOf(shape), async (name) => {
    const body = { metadata: { name } }
    await cluster.client().expect({ method: 'POST', path: '/api/v1/namespaces', body }, EXISTS)
  })
}
