import type { CommandContext } from '../command-context.js'
import { printList } from '../output/print.js'
import { parseAppName } from './app-view.js'
import { readTree, treeText } from './resource-tree.js'
import { FACTS_COLUMN, HEALTH_COLUMN } from './tree-columns.js'

interface OrphanView {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** `app resources NAME`: what is managed and what came of it; `-o tree` draws who belongs to whom. */
export async function showResources(context: CommandContext): Promise<number> {
  const { args, flags, io } = context
  if (flags.isOn('orphaned')) return showOrphans(context)
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

/** `app resources NAME --orphaned`: what belongs to no application, where the project asks for it. */
async function showOrphans(context: CommandContext): Promise<number> {
  const { args, flags } = context
  const client = await context.client()
  const { application } = await client.ask<{
    readonly application: {
      readonly orphanedResources: readonly OrphanView[]
    }
  }>(
    `query($name: String!, $namespace: String) { application(name: $name, namespace: $namespace) {
      orphanedResources { group kind namespace name } } }`,
    { ...parseAppName(args[0] ?? '', flags.text('appNamespace')) },
  )
  await printList(context, application.orphanedResources, {
    header: ['GROUP', 'KIND', 'NAMESPACE', 'NAME', 'ORPHANED'],
    row: ({ group, kind, namespace, name }) => [group, kind, namespace, name, 'Yes'],
    name: ({ kind, name }) => `${kind}/${name}`,
  })
  return 0
}
