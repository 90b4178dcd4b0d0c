import { AppError } from '../base/app-error.js'
import type { ManagedObject } from '../store/records.js'
import type { ClusterSession } from './cluster-session.js'

/**
 * An object leaves the inventory only when the server says of it alone that it is not there: a list may be empty because
 * a stale replica or a proxy answered (K-14), and what has left the inventory is never pruned. Whatever is found is live
 * again, and the sync or the deletion goes on with it.
 */
export async function proveAbsence(
  objects: readonly ManagedObject[],
  session: ClusterSession,
): Promise<void> {
  const answers = await Promise.all(objects.map((object) => session.cluster.get(object)))
  const found = answers.filter((object) => object !== undefined)
  for (const object of found) session.live.changed(object)
  const [first] = found
  if (first === undefined) return
  throw new AppError(
    'UPSTREAM_CLUSTER',
    `Cluster "${session.record.name}" listed ${first.kind} "${first.metadata.name}" as gone, but it is there. It is looked at again.`,
    { retry: { afterSeconds: 1 } },
  )
}
