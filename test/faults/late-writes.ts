import type { SeenRequest } from '../support/lying-proxy.js'
import type { Owned } from './recorder.js'

/** Within so long of a change of owner the order of a write and of the lease cannot be told apart. */
const UNSURE_MS = 300

/** The writes of whoever did not own the cluster at that moment, by the leases that were seen. */
export function lateWrites(writes: readonly SeenRequest[], owners: readonly Owned[]): readonly SeenRequest[] {
  return writes.filter(({ at, agent }) => {
    const from = owners.findLastIndex((one) => one.at < at - UNSURE_MS)
    const around = owners.slice(Math.max(0, from)).filter((one) => one.at < at + UNSURE_MS)
    return around.length > 0 && !around.some(({ owner }) => owner !== '' && agent.includes(owner))
  })
}
