import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterClient } from '../../test/cluster/cluster-client.js'
import { inFlight } from '../cluster/apply-manifests.js'
import type { Contestant } from '../contestant.js'
import { useOfTrees } from '../measure/program-tree.js'
import { median } from '../measure/statistics.js'
import type { BenchOptions } from '../options.js'
import type { Stage } from '../stage.js'
import type { Timed } from './measured.js'

const UNMANAGED = 'unmanaged'
const SAMPLES = 5
const SAMPLE_MS = 1000
const MOST_IDLE_S = 30
const VALUE = 'x'.repeat(1000)

/** F: nothing happens; memory, calls and CPU time of that. */
export async function idle({ idleSeconds }: BenchOptions): Promise<Timed> {
  await sleep(idleSeconds * 1000)
  return { touched: 0 }
}

/**
 * What one object costs that is watched and belongs to nobody: memory after a restart with so many of them, less the
 * memory after a restart without. Both after a restart, because a heap does not shrink to what it needs.
 */
export async function bytesPerWatchedObject(
  stage: Stage,
  contestant: Contestant,
  options: BenchOptions,
): Promise<Readonly<Record<string, number>>> {
  if (options.extra === 0) return {}
  const without = await settledMb(contestant, options)
  await createUnmanaged(stage.cluster.client('observer'), options.extra)
  const withThem = await settledMb(contestant, options)
  return {
    pss_after_restart_mb: without,
    bytes_per_watched_object: Math.round(((withThem - without) * 2 ** 20) / options.extra),
  }
}

async function settledMb(contestant: Contestant, { idleSeconds }: BenchOptions): Promise<number> {
  await contestant.restart('asked', async () => undefined)
  await contestant.armHealing()
  await sleep(Math.min(MOST_IDLE_S, idleSeconds) * 1000)
  const samples: number[] = []
  for (let count = 0; count < SAMPLES; count += 1) {
    samples.push((await useOfTrees(contestant.pids)).pssMb)
    await sleep(SAMPLE_MS)
  }
  return median(samples) ?? 0
}

async function createUnmanaged(client: ClusterClient, count: number): Promise<void> {
  const namespace = { metadata: { name: UNMANAGED } }
  await client.expect({ method: 'POST', path: '/api/v1/namespaces', body: namespace }, [409])
  const names = Array.from({ length: count }, (_, index) => `unmanaged-${index}`)
  await inFlight(names, async (name) => {
    const body = { metadata: { name }, data: { key: VALUE } }
    await client.expect({ method: 'POST', path: `/api/v1/namespaces/${UNMANAGED}/configmaps`, body }, [409])
  })
}
