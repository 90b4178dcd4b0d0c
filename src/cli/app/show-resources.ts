import type { CommandContext } from '../command-context.js'
import { printList } from '../output/print.js'
import { table } from '../output/table.js'
import { parseAppName, plainWord, type HealthView } from './app-view.js'

interface NodeView {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly parents: readonly string[]
  readonly health?: HealthView | null
  readonly facts: readonly { readonly name: string; readonly value: string }[]
}

/** `app resources NAME`: what is managed and what came of it; `-o tree` draws who belongs to whom. */
export async function showResources(context: CommandContext): Promise<number> {
  const { args, flags, io } = context
  const client = await context.client()
  const answer = await client.ask<{
    readonly application: {
      readonly resourceTree: { readonly nodes: readonly NodeView[]; readonly blind: readonly string[] }
    }
  }>(
    `query($name: String!, $namespace: String) { application(name: $name, namespace: $namespace) { resourceTree {
      nodes { group kind namespace name uid parents health { status message } facts { name value } } blind } } }`,
    { ...parseAppName(args[0] ?? '', flags.text('appNamespace')) },
  )
  const { nodes, blind } = answer.application.resourceTree
  for (const sentence of blind) io.err(`not seen: ${sentence}\n`)
  const format = flags.text('output') ?? ''
  if (format === 'tree' || format === 'tree=detailed') {
    io.out(treeText(nodes, format === 'tree=detailed'))
    return 0
  }
  await printList(context, nodes, {
    header: ['GROUP', 'KIND', 'NAMESPACE', 'NAME', 'ORPHANED'],
    row: ({ group, kind, namespace, name }) => [group, kind, namespace, name, 'No'],
    name: ({ kind, name }) => `${kind}/${name}`,
  })
  return 0
}

function treeText(nodes: readonly NodeView[], detailed: boolean): string {
  const rows: (readonly string[])[] = []
  const draw = (node: NodeView, above: string, last: boolean | undefined): void => {
    const branch = last === undefined ? '' : last ? '└─' : '├─'
    const facts = detailed ? node.facts.map(({ name, value }) => `${name}:${value}`).join(' ') : ''
    rows.push([`${above}${branch}${node.kind}/${node.name}`, plainWord(node.health?.status ?? ''), facts])
    const children = node.uid === '' ? [] : nodes.filter(({ parents }) => parents.includes(node.uid))
    const below = last === undefined ? '' : `${above}${last ? '  ' : '│ '}`
    for (const [at, child] of children.entries()) draw(child, below, at === children.length - 1)
  }
  for (const root of nodes.filter(({ parents }) => parents.length === 0)) draw(root, '', undefined)
  return table(['KIND/NAME', 'HEALTH', ...(detailed ? ['FACTS'] : [])], rows)
}
