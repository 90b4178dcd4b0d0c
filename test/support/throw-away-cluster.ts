import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inject } from 'vitest'
import { type ClusterAccess, KnownCluster } from '../cluster/cluster-access.js'
import { readClusterFolder } from '../cluster/cluster-folder.js'
import { ensureClusterBinary } from '../cluster/build-cluster-binary.js'
import { type TestCluster, launchCluster } from '../cluster/launch-cluster.js'
import type { Controllers } from '../cluster/role-flags.js'
import type { LentCluster } from './lend-cluster.js'

/** A cluster for one test file: `stop` ends it and deletes its state. */
export interface ThrowAwayCluster {
  readonly cluster: TestCluster
  stop(): Promise<void>
}

/**
 * Launches a cluster in a temporary folder. Use it in `beforeAll`, stop it in `afterAll`, and take a fresh
 * namespace per test: the deletion of a namespace takes more than five seconds, so nothing is cleaned up between.
 */
export async function launchThrowAwayCluster(controllers: Controllers = 'lean'): Promise<ThrowAwayCluster> {
  const binary = await ensureClusterBinary({ onProgress: (line) => process.stderr.write(`${line}\n`) })
  const dir = await mkdtemp(join(tmpdir(), 'lockstep-cluster-'))
  const nodes = controllers === 'full' ? 1 : 0
  const cluster = await launchCluster({ dir, binary, controllers, nodes, fsync: false })
  const stop = async (): Promise<void> => {
    await cluster.stop()
    await rm(dir, { recursive: true, force: true })
  }
  return { cluster, stop }
}

/**
 * The lean cluster that all files of one vitest run share; the first who asks waits for its launch. Use it when a
 * test keeps to namespaces of its own and neither breaks nor counts anything; it ends with the run.
 */
export async function borrowCluster(): Promise<ClusterAccess> {
  const answer = await fetch(inject('clusterLender'))
  if (!answer.ok) throw new Error(`Cannot borrow the test cluster: ${await answer.text()}`)
  const { dir, binary } = (await answer.json()) as LentCluster
  return new KnownCluster(await readClusterFolder(dir), { binary, controllers: 'lean' })
}

/** Creates a namespace that no other test uses and waits until pods may be created in it; returns its name. */
export async function freshNamespace(cluster: ClusterAccess, prefix = 'test'): Promise<string> {
  const name = `${prefix}-${randomBytes(4).toString('hex')}`
  const admin = cluster.client()
  await admin.expect({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name } } })
  const account = `/api/v1/namespaces/${name}/serviceaccounts/default`
  while ((await admin.request({ path: account })).status !== 200) await sleep(20)
  return name
}
