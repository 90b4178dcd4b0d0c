import type { FoundPeer } from '../peers/peer-caller.js'
import type { LeaseStore } from '../store/lease-store.js'
import type { WorkerRole } from '../worker/ownership.js'

/** A worker that was not seen for so long is taken for dead. */
const SEEN_WITHIN_MS = 20_000

/** Any worker of a role that can be asked, another one each time. */
export function findWorker(leases: Pick<LeaseStore, 'workers'>, role: WorkerRole): () => Promise<FoundPeer> {
  let turn = 0
  return async () => {
    const seen = await leases.workers(SEEN_WITHIN_MS)
    const able = seen.filter((one) => one.role === role && one.address !== '' && !one.draining)
    const next = able[turn++ % Math.max(1, able.length)]
    if (next !== undefined) return { address: next.address }
    return { nobody: `No ${role} runs now that could look. Start one, or try again in a moment.` }
  }
}
