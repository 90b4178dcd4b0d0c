import type { CommandContext } from '../command-context.js'
import { plainWord, type AppView } from './app-view.js'
import type { NodeView } from './node-view.js'
import { readTree, treeText } from './resource-tree.js'
import { ageColumn, FACTS_COLUMN, HEALTH_COLUMN, type TreeColumn } from './tree-columns.js'

type Key = Pick<NodeView, 'group' | 'kind' | 'namespace' | 'name'>

/** The tree of `app get -o tree`: objects that are declared have a status, what came of them has none. */
export async function appTree(context: CommandContext, app: AppView, detailed: boolean): Promise<string> {
  const nodes = await readTree(context, await context.client(), { name: app.name, namespace: app.namespace })
  const columns = [
    statusColumn(app),
    HEALTH_COLUMN,
    ...(detailed ? [ageColumn(Date.now()), FACTS_COLUMN] : []),
    messageColumn(app),
  ]
  return treeText(nodes, columns)
}

function statusColumn({ resources = [] }: AppView): TreeColumn {
  const statuses = new Map(resources.map((resource) => [textOf(resource), plainWord(resource.status)]))
  return { header: 'STATUS', cell: (node) => statuses.get(textOf(node)) ?? '' }
}

/** What the last operation said of it, else why its health is what it is. */
function messageColumn({ operation }: AppView): TreeColumn {
  const messages = new Map((operation?.results ?? []).map((result) => [textOf(result), result.message]))
  return { header: 'MESSAGE', cell: (node) => messages.get(textOf(node)) ?? node.health?.message ?? '' }
}

function textOf({ group, kind, namespace, name }: Key): string {
  return [group, kind, namespace, name].join('/')
}
