import type { CommandContext } from '../command-context.js'
import { printList } from '../output/print.js'
import { parseAppName } from './app-view.js'
import { readTree, treeText } from './resource-tree.js'
import { FACTS_COLUMN, HEALTH_COLUMN } from './tree-columns.js'

/** `app resources NAME`: what is managed and what came of it; `-o tree` draws who belongs to whom. */
export async function showResources(context: CommandContext): Promise<number> {
  const { args, flags, io } = context
  const name = parseAppName(args[0] ?? '', flags.text('appNamespace'))
  const nodes = await readTree(context, await context.client(), name)
  const format = flags.text('output') ?? ''
  if (format === 'tree' || format === 'tree=detailed') {
    io.out(treeText(nodes, format === 'tree' ? [HEALTH_COLUMN] : [HEALTH_COLUMN, FACTS_COLUMN]))
    return 0
  }
  await printList(context, nodes, {
    header: ['GROUP', 'KIND', 'NAMESPACE', 'NAME', 'ORPHANED'],
    row: ({ group, kind, namespace, name: called }) => [group, kind, namespace, called, 'No'],
    name: ({ kind, name: called }) => `${kind}/${called}`,
  })
  return 0
}
