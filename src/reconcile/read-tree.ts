import type { ResourceTree, TreeChange } from '../applications/live-reads.js'
import type { Application } from '../engine/application/application.js'
import { findKind } from '../engine/manifest/api-catalog.js'
import { resourceKeyText, type GroupKind, type ResourceKey } from '../engine/manifest/resource-key.js'
import { applicationTrackingName } from '../engine/manifest/tracking.js'
import { buildTree } from '../engine/tree/build-tree.js'
import { childKinds } from '../engine/tree/child-kinds.js'
import type { LooseNode, TreeNode } from '../engine/tree/tree-node.js'
import type { ResourceStatus } from '../engine/status/application-status.js'
import type { ClusterSession } from './cluster-session.js'

/** What a tree is made from: the objects of an application as compared last, and where it is looked at. */
export interface TreeWish {
  readonly application: Application
  readonly session: ClusterSession
  /** As compared last: declared objects that were never applied stand in no inventory. */
  readonly resources: readonly ResourceStatus[]
}

/** The tree now. The first look at an application opens watches; those after it cost no request. */
export async function readTree(wish: TreeWish): Promise<ResourceTree> {
  const { session } = wish
  const roots = rootsOf(wish)
  const seen = await session.children.look(childKinds(roots), await namespacesOf(wish, roots))
  const found = new Map(seen.items.map((node) => [resourceKeyText(node), node]))
  const detailed = roots.map((root) => withDetails(root, found.get(resourceKeyText(root))))
  return { nodes: buildTree(detailed, seen.items), blind: seen.blind }
}

/** Where it has objects of its own, and where its destination is: nobody else's namespace is looked into. */
export async function namespacesOf(
  { application, session }: Pick<TreeWish, 'application' | 'session'>,
  roots: readonly ResourceKey[],
): Promise<readonly string[]> {
  const catalog = await session.cluster.catalog()
  const isNamespaced = (kind: GroupKind): boolean => {
    const found = findKind(catalog, kind)
    return typeof found === 'object' && found.namespaced
  }
  const own = roots.filter(isNamespaced).map(({ namespace }) => namespace)
  const all = new Set([...own, application.spec.destination.namespace ?? ''])
  all.delete('')
  return [...all]
}

/** What the application manages: its inventory, and what it declares and is tracked as its own or does not exist. */
export function rootsOf({ application, session, resources }: TreeWish): readonly Omit<TreeNode, 'parents'>[] {
  const roots = new Map<string, Omit<TreeNode, 'parents'>>()
  const name = applicationTrackingName(application)
  for (const resource of resources) {
    const live = session.live.get(resource)
    const isOthers =
      live !== undefined && live.application !== name && !isOurs(session, application, resource)
    if (!isOthers) roots.set(resourceKeyText(resource), rootOf(resource, session))
  }
  for (const object of session.forms.ofApplication(application.id)) {
    if (!roots.has(resourceKeyText(object))) roots.set(resourceKeyText(object), rootOf(object, session))
  }
  return [...roots.values()]
}

function isOurs(session: ClusterSession, application: Application, key: ResourceKey): boolean {
  return session.forms.get(key)?.applicationId === application.id
}

function rootOf(
  { group, kind, namespace, name, version }: ResourceKey & { readonly version: string },
  session: ClusterSession,
): Omit<TreeNode, 'parents'> {
  const key = { group, kind, namespace, name }
  const live = session.live.get(key)
  const health = live === undefined ? { status: 'Missing' as const } : live.health
  return {
    ...key,
    version,
    uid: live?.uid ?? '',
    facts: [],
    images: [],
    containers: [],
    ...(health && { health }),
  }
}

function withDetails(
  root: Omit<TreeNode, 'parents'>,
  seen: LooseNode | undefined,
): Omit<TreeNode, 'parents'> {
  if (seen === undefined || seen.uid !== root.uid) return root
  const { facts, images, containers, host, createdAt } = seen
  return {
    ...root,
    facts,
    images,
    containers,
    ...(host !== undefined && { host }),
    ...(createdAt !== undefined && { createdAt }),
  }
}

/** What turned one tree into the next; undefined when nothing did. */
export function changeOf(
  before: ReadonlyMap<string, string>,
  tree: ResourceTree,
): (Omit<TreeChange, 'sequence'> & { readonly after: ReadonlyMap<string, string> }) | undefined {
  const after = new Map(tree.nodes.map((node) => [resourceKeyText(node), JSON.stringify(node)]))
  const nodes = tree.nodes.filter(
    (node) => before.get(resourceKeyText(node)) !== after.get(resourceKeyText(node)),
  )
  const removed = [...before].flatMap(([text, node]) => (after.has(text) ? [] : [keyOfText(node)]))
  return nodes.length + removed.length === 0 ? undefined : { nodes, removed, after }
}

function keyOfText(text: string): ResourceKey {
  const { group, kind, namespace, name } = JSON.parse(text) as TreeNode
  return { group, kind, namespace, name }
}
