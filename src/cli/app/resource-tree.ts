import type { CommandContext } from '../command-context.js'
import type { GraphqlClient } from '../graphql-client.js'
import { table } from '../output/table.js'
import type { AppName } from './app-view.js'
import type { NodeView } from './node-view.js'
import type { TreeColumn } from './tree-columns.js'

/** The objects of an application with what came of them; what could not be seen is told on standard error. */
export async function readTree(
  { io }: CommandContext,
  client: GraphqlClient,
  name: AppName,
): Promise<readonly NodeView[]> {
  const answer = await client.ask<{
    readonly application: {
      readonly resourceTree: { readonly nodes: readonly NodeView[]; readonly blind: readonly string[] }
    }
  }>(
    `query($name: String!, $namespace: String) { application(name: $name, namespace: $namespace) { resourceTree {
      nodes { group kind namespace name uid parents createdAt health { status message } facts { name value } } blind } } }`,
    { ...name },
  )
  const { nodes, blind } = answer.application.resourceTree
  for (const sentence of blind) io.err(`not seen: ${sentence}\n`)
  return nodes
}

/** Who belongs to whom, drawn; an object with several owners stands below each. */
export function treeText(nodes: readonly NodeView[], columns: readonly TreeColumn[]): string {
  const below = new Map<string, NodeView[]>()
  for (const node of nodes) {
    for (const parent of node.parents) below.set(parent, [...(below.get(parent) ?? []), node])
  }
  const rows: (readonly string[])[] = []
  const draw = (node: NodeView, above: string, last: boolean | undefined): void => {
    const branch = last === undefined ? '' : last ? '└─' : '├─'
    rows.push([`${above}${branch}${node.kind}/${node.name}`, ...columns.map(({ cell }) => cell(node))])
    const children = node.uid === '' ? [] : (below.get(node.uid) ?? [])
    const indent = last === undefined ? '' : `${above}${last ? '  ' : '│ '}`
    for (const [at, child] of children.entries()) draw(child, indent, at === children.length - 1)
  }
  for (const root of nodes.filter(({ parents }) => parents.length === 0)) draw(root, '', undefined)
  return table(['KIND/NAME', ...columns.map(({ header }) => header)], rows)
}
