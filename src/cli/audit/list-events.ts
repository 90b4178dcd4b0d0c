import type { CommandContext } from '../command-context.js'
import { CliError } from '../cli-error.js'
import { printList } from '../output/print.js'
import { auditFilter } from './audit-filter.js'

interface EventView {
  readonly id: string
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly object: string
  readonly project: string | null
  readonly outcome: string
  readonly source: string | null
  readonly credential: string | null
  readonly operationId: string | null
  readonly details: unknown
}

const EVENTS = `query($first: Int!, $after: String, $filter: AuditFilterInput) {
  auditEvents(first: $first, after: $after, filter: $filter) {
    nodes { id at actor action object project outcome source credential operationId details }
    pageInfo { hasNextPage endCursor }
  }
}`
const PAGE = 100
const USUAL_LIMIT = 100

/** `audit list`: newest first, as many as `--limit` says. */
export async function listEvents(context: CommandContext): Promise<number> {
  const { flags } = context
  const limit = flags.number('limit') ?? USUAL_LIMIT
  if (!Number.isInteger(limit) || limit < 1) throw new CliError('--limit must be 1 or more')
  const filter = auditFilter(flags, Date.now())
  await printList(context, await eventsOf(context, filter, limit), {
    header: ['TIME', 'ACTOR', 'ACTION', 'OBJECT', 'PROJECT', 'OUTCOME'],
    row: ({ at, actor, action, object, project, outcome }) => [
      at,
      actor,
      action,
      object,
      project ?? '',
      outcome,
    ],
    wideHeader: ['SOURCE', 'CREDENTIAL', 'DETAILS'],
    wideRow: ({ source, credential, details }) => [
      source ?? '',
      credential ?? '',
      details === null ? '' : JSON.stringify(details),
    ],
    name: ({ id }) => id,
  })
  return 0
}

async function eventsOf(
  context: CommandContext,
  filter: object,
  limit: number,
): Promise<readonly EventView[]> {
  const client = await context.client()
  const events: EventView[] = []
  let after: string | null = null
  while (events.length < limit) {
    const first = Math.min(PAGE, limit - events.length)
    const { auditEvents }: Answer = await client.ask<Answer>(EVENTS, { first, after, filter })
    events.push(...auditEvents.nodes)
    after = auditEvents.pageInfo.endCursor
    if (!auditEvents.pageInfo.hasNextPage || after === null) break
  }
  return events
}

interface Answer {
  readonly auditEvents: {
    readonly nodes: readonly EventView[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}
