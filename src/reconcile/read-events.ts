import type { Application } from '../engine/application/application.js'
import { mergedEvents, type ObjectEvent } from '../engine/tree/object-event.js'
import type { TreeNode } from '../engine/tree/tree-node.js'
import type { ClusterSession } from './cluster-session.js'
import { namespacesOf } from './read-tree.js'

const EVENTS = [{ group: '', kind: 'Event' }]
const MOST = 200

/**
 * Events about these objects, newest first. By uid: those of a former object of the same name, or of a neighbour that
 * only has the name, are not theirs.
 */
export async function readEvents(
  nodes: readonly TreeNode[],
  opened: { readonly application: Application; readonly session: ClusterSession },
): Promise<readonly ObjectEvent[]> {
  const uids = new Set(nodes.map(({ uid }) => uid))
  uids.delete('')
  const { items } = await opened.session.events.look(EVENTS, await namespacesOf(opened, nodes))
  return mergedEvents(
    items.filter(({ about }) => uids.has(about.uid)),
    MOST,
  )
}
