import type { ClusterClient } from '../../test/cluster/cluster-client.js'
import type { BenchManifest } from '../repository/manifests.js'
import { objectPath } from './resource-paths.js'

/** Beyond this, more in flight only adds latency. */
const IN_FLIGHT = 16

/** One server-side apply. */
export async function applyManifest(client: ClusterClient, manifest: BenchManifest): Promise<void> {
  await client.expect({
    method: 'PATCH',
    path: `${objectPath(manifest)}?fieldManager=floor&force=true`,
    contentType: 'application/apply-patch+yaml',
    body: manifest,
  })
}

/** Applies everything, a fixed number in flight. */
export async function applyManifests(
  client: ClusterClient,
  manifests: Iterable<BenchManifest>,
): Promise<void> {
  await inFlight(manifests, (manifest) => applyManifest(client, manifest))
}

export async function inFlight<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]()
  const lane = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane))
}
