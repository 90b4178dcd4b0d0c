import { resourceKeyText } from '../manifest/resource-key.js'
import type { LooseNode, TreeNode } from './tree-node.js'

/**
 * The tree below `roots`: what belongs to one of them by `ownerReferences`, directly or not, and the claims of their
 * Pods. Everything else that `found` holds is not the application's and stays out. Roots first, parents before children;
 * a loop of owners ends where it began.
 */
export function buildTree(
  roots: readonly Omit<TreeNode, 'parents'>[],
  found: Iterable<LooseNode>,
): readonly TreeNode[] {
  const byOwner = new Map<string, LooseNode[]>()
  const claims = new Map<string, LooseNode>()
  for (const node of found) {
    for (const owner of node.owners) listOf(byOwner, owner).push(node)
    if (node.kind === 'PersistentVolumeClaim') claims.set(`${node.namespace}/${node.name}`, node)
  }
  const tree = new Map<string, TreeNode>()
  for (const root of roots) tree.set(resourceKeyText(root), { ...root, parents: [] })
  for (const parent of tree.values()) {
    if (parent.uid === '') continue
    for (const child of byOwner.get(parent.uid) ?? []) add(tree, child, parent.uid)
  }
  for (const claim of templateClaims(tree, byOwner, claims)) add(tree, claim.node, claim.parent)
  return [...tree.values()]
}

function listOf(lists: Map<string, LooseNode[]>, owner: string): LooseNode[] {
  const known = lists.get(owner) ?? []
  lists.set(owner, known)
  return known
}

/** A Map is walked while it grows: what is added here gets its own turn. */
function add(tree: Map<string, TreeNode>, child: LooseNode, parent: string): void {
  const text = resourceKeyText(child)
  const known = tree.get(text)
  if (known === undefined) {
    const { owners: _owners, claims: _claims, ...node } = child
    tree.set(text, { ...node, parents: [parent] })
  } else if (known.parents.length > 0 && !known.parents.includes(parent)) {
    tree.set(text, { ...known, parents: [...known.parents, parent] })
  }
}

function templateClaims(
  tree: ReadonlyMap<string, TreeNode>,
  byOwner: ReadonlyMap<string, readonly LooseNode[]>,
  claims: ReadonlyMap<string, LooseNode>,
): readonly { readonly node: LooseNode; readonly parent: string }[] {
  const sets = [...tree.values()].filter((node) => node.kind === 'StatefulSet' && node.uid !== '')
  return sets.flatMap((set) =>
    (byOwner.get(set.uid) ?? []).flatMap((pod) =>
      pod.claims.flatMap((name) => {
        const node = claims.get(`${pod.namespace}/${name}`)
        return node === undefined ? [] : [{ node, parent: set.uid }]
      }),
    ),
  )
}
