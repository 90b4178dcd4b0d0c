import { NOWHERE, type Doorbell } from '../queue/doorbell-queue.js'
import type { WaitingDoorbell } from '../store/pending-work.js'

/**
 * Who must hear it. An application is its cluster's owner's (one without a cluster is any cluster worker's, who tells
 * people so); while its spec is newer than what was rendered it is also the business of who renders it.
 */
export function addressed(waiting: WaitingDoorbell): readonly Doorbell[] {
  if (waiting.kind !== 'application') return [waiting]
  const { id, clusterId, isUnrendered } = waiting
  const toOwner: Doorbell = { kind: 'application', id, cluster: clusterId ?? NOWHERE }
  return isUnrendered ? [{ kind: 'application', id }, toOwner] : [toOwner]
}
