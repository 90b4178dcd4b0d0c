import type { ClusterSessions } from '../reconcile/cluster-sessions.js'
import type { Ownership } from '../worker/ownership.js'
import type { Sample } from '../telemetry/metrics.js'
import type { WatchedWorker } from './open-telemetry.js'

/** What monitoring asks of a worker: how much waits, and whether what it owns is still its own. */
export function watchedWorker(
  name: string,
  depth: () => number,
  ownership: Pick<Ownership, 'owned' | 'refuseWrite'>,
): WatchedWorker {
  return {
    name,
    depth,
    leases: () => {
      const owned = ownership.owned()
      const refused = owned.filter((id) => ownership.refuseWrite(id) !== undefined)
      if (owned.length === 0 || refused.length < owned.length) return undefined
      return `${name}: none of its ${owned.length} leases may be written with, they are not renewed`
    },
  }
}

/** The same, with the watches on each cluster. */
export function watchedClusters(worker: WatchedWorker, sessions: ClusterSessions): WatchedWorker {
  const samples = async (): Promise<readonly Sample[]> => {
    return (await sessions.opened()).flatMap(({ record, watches: { open, dead } }): readonly Sample[] => [
      {
        name: 'lockstep_cluster_watches',
        labels: { cluster: record.name, alive: 'true' },
        value: open - dead,
      },
      { name: 'lockstep_cluster_watches', labels: { cluster: record.name, alive: 'false' }, value: dead },
    ])
  }
  return { ...worker, samples }
}
