import type { CommandContext } from '../command-context.js'
import { printList } from '../output/print.js'
import { parseAppName } from './app-view.js'

interface DeploymentView {
  readonly id: string
  readonly number: number
  readonly revisions: readonly string[]
  readonly initiatedBy: string
  readonly automated: boolean
  readonly startedAt?: string | null
  readonly deployedAt: string
}

/** `app history NAME`: what was live when, oldest first as Argo CD prints it. */
export async function showHistory(context: CommandContext): Promise<number> {
  const client = await context.client()
  const name = parseAppName(context.args[0] ?? '', context.flags.text('appNamespace'))
  const answer = await client.ask<{ readonly application: { readonly history: readonly DeploymentView[] } }>(
    `query($name: String!, $namespace: String) { application(name: $name, namespace: $namespace) {
      history(first: 50) { id number revisions initiatedBy automated startedAt deployedAt } } }`,
    { ...name },
  )
  await printList(context, [...answer.application.history].reverse(), {
    header: ['ID', 'DATE', 'REVISION'],
    row: (entry) => [
      String(entry.number),
      entry.deployedAt,
      entry.revisions.map((commit) => commit.slice(0, 7)).join(','),
    ],
    wideHeader: ['STARTED', 'BY'],
    wideRow: (entry) => [entry.startedAt ?? '', entry.automated ? 'automated sync' : entry.initiatedBy],
    name: (entry) => String(entry.number),
  })
  return 0
}
