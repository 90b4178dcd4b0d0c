import type { Ownership } from '../worker/ownership.js'
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
