import { Kind, type FieldNode, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql'

const known = new WeakMap<FieldNode, Map<string, boolean>>()

/** Does the caller ask for a field of this name anywhere below? For reads that are worth doing for a whole page at once. */
export function asksFor({ fieldNodes, fragments }: GraphQLResolveInfo, name: string): boolean {
  return fieldNodes.some((node) => {
    const answers = known.get(node) ?? new Map<string, boolean>()
    known.set(node, answers)
    const answer = answers.get(name) ?? selects(node.selectionSet, name, { fragments, seen: new Set() })
    answers.set(name, answer)
    return answer
  })
}

interface Walk {
  readonly fragments: GraphQLResolveInfo['fragments']
  /** Each fragment is looked through once. */
  readonly seen: Set<string>
}

function selects(set: SelectionSetNode | undefined, name: string, walk: Walk): boolean {
  return (set?.selections ?? []).some((selection) => {
    if (selection.kind === Kind.FIELD)
      return selection.name.value === name || selects(selection.selectionSet, name, walk)
    if (selection.kind === Kind.INLINE_FRAGMENT) return selects(selection.selectionSet, name, walk)
    const fragment = selection.name.value
    if (walk.seen.has(fragment)) return false
    walk.seen.add(fragment)
    return selects(walk.fragments[fragment]?.selectionSet, name, walk)
  })
}
