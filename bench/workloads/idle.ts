import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterClient } from '../../test/cluster/cluster-client.js'
import { inFlight } from '../cluster/apply-manifests.js'
import type { Contestant } from '../contestant.js'
import { heldMemory, inspectPort, type Memory } from '../measure/inspected-program.js'
import type { BenchOptions } from '../options.js'
import type { Stage } from '../stage.js'
import type { Timed } from './measured.js'

const UNMANAGED = 'unmanaged'
const MOST_IDLE_S = 30
const VALUE = 'x'.repeat(1000)

/** F: nothing happens; memory, calls and CPU time of that. */
export async function idle({ idleSeconds }: BenchOptions): Promise<Timed> {
  await sleep(idleSeconds * 1000)
  return { touched: 0 }
}

/**
 * What one object costs that is watched and belongs to nobody: what is held after a collection with so many of them, less
 * without. Nothing for the floor, whose process has no inspector.
 */
export async function bytesPerWatchedObject(
  stage: Stage,
  contestant: Contestant,
  options: BenchOptions,
): Promise<Readonly<Record<string, number>>> {
  if (options.extra === 0 || (await inspectable(contestant.pids)).length === 0) return {}
  await contestant.restart('asked', async () => undefined)
  await contestant.armHealing()
  const without = await settled(contestant, options)
  await createUnmanaged(stage.cluster.client('observer'), options.extra)
  const withThem = await settled(contestant, options)
  return {
    pss_after_restart_mb: without.pssKb / 1024,
    heap_after_restart_mb: without.heapKb / 1024,
    bytes_per_watched_object: Math.round(((withThem.heapKb - without.heapKb) * 1024) / options.extra),
  }
}

async function settled(contestant: Contestant, { idleSeconds }: BenchOptions): Promise<Memory> {
  await sleep(Math.min(MOST_IDLE_S, idleSeconds) * 1000)
  const held = await Promise.all((await inspectable(contestant.pids)).map(heldMemory))
  return {
    pssKb: held.reduce((sum, { pssKb }) => sum + pssKb, 0),
    heapKb: held.reduce((sum, { heapKb }) => sum + heapKb, 0),
  }
}

/** Databases and queues are none of ours. */
async function inspectable(pids: readonly number[]): Promise<readonly number[]> {
  const ports = await Promise.all(pids.map(inspectPort))
  return pids.filter((_, at) => ports[at] !== undefined)
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
