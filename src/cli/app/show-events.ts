import type { CommandContext } from '../command-context.js'
import { printList } from '../output/print.js'
import { parseAppName } from './app-view.js'

interface EventView {
  readonly about: {
    readonly group: string
    readonly kind: string
    readonly namespace: string
    readonly name: string
  }
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly count: number
  readonly lastSeenAt: string
}

const QUERY = `query($name: String!, $namespace: String) { application(name: $name, namespace: $namespace) {
  events { about { group kind namespace name } type reason message source count firstSeenAt lastSeenAt } } }`

/** `app events NAME`: what Kubernetes and controllers report of its objects, newest first. */
export async function showEvents(context: CommandContext): Promise<number> {
  const { args, flags } = context
  const client = await context.client()
  const answer = await client.ask<{ readonly application: { readonly events: readonly EventView[] } }>(
    QUERY,
    {
      ...parseAppName(args[0] ?? '', flags.text('appNamespace')),
    },
  )
  const isMeant = ({ about }: EventView): boolean =>
    [
      [flags.text('kind'), about.kind],
      [flags.text('name'), about.name],
      [flags.text('group'), about.group],
      [flags.text('namespace'), about.namespace],
    ].every(([wanted, is]) => wanted === undefined || wanted === is)
  await printList(context, answer.application.events.filter(isMeant), {
    header: ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'COUNT', 'MESSAGE'],
    row: ({ about, type, reason, message, count, lastSeenAt }) => [
      lastSeenAt,
      type,
      reason,
      `${about.kind}/${about.name}`,
      String(count),
      message,
    ],
    name: ({ about, reason }) => `${about.kind}/${about.name} ${reason}`,
  })
  return 0
}
