import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { ensureClusterBinary } from '../cluster/build-cluster-binary.js'
import { type TestCluster, launchCluster } from '../cluster/launch-cluster.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL that answers where the shared cluster is, see `borrowCluster()`. */
    readonly clusterLender: string
  }
}

/** Where a cluster is; its secrets are read from the folder, which only this user can read. */
export interface LentCluster {
  readonly dir: string
  readonly binary: string
}

/**
 * Runs once before the integration tests (globalSetup of vitest). The cluster binary is built here, because its
 * first build takes longer than any hook may. The cluster that files share is launched when the first one asks.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await ensureClusterBinary({ onProgress: (line) => process.stderr.write(`${line}\n`) }).catch(
    // The tests that need the cluster fail with the same reason; the others need not fail with them.
    (error: unknown) => process.stderr.write(`${String(error)}\n`),
  )
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-shared-'))
  let launch: Promise<TestCluster> | undefined
  const server = createServer((_request, response) => {
    launch ??= launchIn(folder)
    launch.then(
      ({ dir, binary }) => response.end(JSON.stringify({ dir, binary } satisfies LentCluster)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  project.provide('clusterLender', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return async () => {
    server.closeAllConnections()
    server.close()
    await launch?.then((cluster) => cluster.stop()).catch(() => undefined)
    await rm(folder, { recursive: true, force: true })
  }
}

async function launchIn(dir: string): Promise<TestCluster> {
  return launchCluster({ dir, binary: await ensureClusterBinary() })
}
