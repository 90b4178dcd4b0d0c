import type { TreeNode } from './tree-node.js'

/** Which nodes are meant; what is absent or `''` matches all. */
export interface NodeWish {
  readonly group?: string
  readonly kind?: string
  readonly namespace?: string
  readonly name?: string
}

/** The Pods of a tree that are meant, or that came of what is meant; by namespace and name. */
export function podsBelow(nodes: readonly TreeNode[], wish: NodeWish): readonly TreeNode[] {
  const meant = new Set<string>()
  const isMeant = (node: TreeNode): boolean =>
    matches(node, wish) || node.parents.some((parent) => meant.has(parent))
  const pods: TreeNode[] = []
  // Parents stand before their children.
  for (const node of nodes) {
    if (node.uid === '' || !isMeant(node)) continue
    meant.add(node.uid)
    if (node.group === '' && node.kind === 'Pod') pods.push(node)
  }
  return pods.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
}

function matches(node: TreeNode, wish: NodeWish): boolean {
  return (['group', 'kind', 'namespace', 'name'] as const).every((field) => {
    const wanted = wish[field]
    return wanted === undefined || wanted === '' || node[field] === wanted
  })
}

function placeOf({ namespace, name }: TreeNode): string {
  return `${namespace}/${name}`
}
