import { randomUUID } from 'node:crypto'
import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import type { GraphqlClient } from '../graphql-client.js'
import { documentText } from '../output/print.js'
import { appDocument } from './app-document.js'
import { operationSummary, resourceTable } from './app-table.js'
import { plainWord, readApp, type AppName, type AppView, type OperationView } from './app-view.js'
import { namedApps } from './named-apps.js'

const SYNC = `mutation($input: SyncApplicationInput!) { syncApplication(input: $input) {
  operation { id phase } userErrors { code message } } }`
const POLL_MS = 500
const TALK_MS = 10_000

/** `app sync NAME…`: starts the sync and, unless `--async`, follows it to its end. */
export async function syncApps(context: CommandContext): Promise<number> {
  const client = await context.client()
  refuseUnsupported(context)
  const names = await namedApps(context, client)
  const started: { readonly name: AppName; readonly id: string }[] = []
  for (const name of names) started.push({ name, id: await start(context, client, name) })
  if (context.flags.isOn('async')) return 0
  const faults: string[] = []
  for (const { name, id } of started) {
    const app = await follow(context, client, { name, id })
    await report(context, app)
    const phase = app.operation?.phase ?? 'ERROR'
    if (phase !== 'SUCCEEDED') faults.push(`${name.name}: ${app.operation?.message ?? phase}`)
  }
  if (faults.length === 0) return 0
  throw new CliError(`Operation has completed with phase: Failed`, {
    reason: faults.join('; '),
    hint: 'the MESSAGE column says what each object said; after mending it run the same command again',
  })
}

async function start(context: CommandContext, client: GraphqlClient, name: AppName): Promise<string> {
  const { flags } = context
  const options = [
    ...flags.list('syncOption'),
    ...(flags.isOn('replace') ? ['Replace=true'] : []),
    ...(flags.isOn('serverSide') ? ['ServerSideApply=true'] : []),
    ...(flags.isOn('applyOutOfSyncOnly') ? ['ApplyOutOfSyncOnly=true'] : []),
  ]
  const resources = flags.list('resource').map(parseResource)
  const payload = await client.change<{ readonly operation: { readonly id: string } }>(
    'syncApplication',
    SYNC,
    {
      ...name,
      prune: flags.isOn('prune'),
      dryRun: flags.isOn('dryRun'),
      force: flags.isOn('force'),
      confirmPrune: flags.isOn('confirmPrune'),
      ...(resources.length > 0 && { resources }),
      ...(options.length > 0 && { syncOptions: options }),
      // An answer that got lost may be asked for again without syncing twice.
      idempotencyKey: randomUUID(),
    },
  )
  return payload.operation.id
}

async function follow(
  context: CommandContext,
  client: GraphqlClient,
  wish: { readonly name: AppName; readonly id: string },
): Promise<AppView> {
  const { io, flags } = context
  const patience = (flags.number('timeout') ?? 0) * 1000
  const begin = io.monotonic()
  let said = begin
  for (;;) {
    const operation = await readOperation(client, wish.id)
    // The operation asked for, not whatever the application does by now.
    if (isOver(operation)) return { ...(await readApp(client, wish.name)), operation }
    const now = io.monotonic()
    if (patience > 0 && now - begin > patience) {
      throw new CliError(
        `timed out after ${flags.text('timeout')} s waiting for the sync of "${wish.name.name}"`,
        {
          reason: operation.message,
          hint: 'the sync goes on; look with: lockstep app get',
        },
      )
    }
    if (now - said > TALK_MS) {
      io.err(`${wish.name.name}: ${operation.message}\n`)
      said = now
    }
    await io.sleep(POLL_MS)
  }
}

async function readOperation(client: GraphqlClient, id: string): Promise<OperationView> {
  const answer = await client.ask<{ readonly operation: OperationView }>(
    `query($id: ID!) { operation(id: $id) { id kind phase message revisions startedAt finishedAt
      results { group kind namespace name outcome status message } } }`,
    { id },
  )
  return answer.operation
}

function isOver(operation: OperationView): boolean {
  return ['SUCCEEDED', 'FAILED', 'ERROR'].includes(operation.phase)
}

async function report(context: CommandContext, app: AppView): Promise<void> {
  const format = context.flags.text('output') ?? 'wide'
  if (format === 'json' || format === 'yaml') {
    context.io.out(await documentText(appDocument(app), format))
    return
  }
  context.io.err(`${app.name}: ${plainWord(app.operation?.phase ?? 'UNKNOWN')}\n`)
  context.io.out(`${operationSummary(app)}\n${resourceTable(app)}`)
}

function refuseUnsupported(context: CommandContext): void {
  for (const name of ['revision', 'local'] as const) {
    if (context.flags.text(name) !== undefined) {
      throw new CliError(`app sync --${name} is not supported yet`, {
        hint: 'change the target revision with: lockstep app set NAME --revision REVISION',
      })
    }
  }
}

/** `GROUP:KIND:NAME` or `GROUP:KIND:NAMESPACE/NAME`. */
export function parseResource(text: string): {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
} {
  const [group, kind, named, ...rest] = text.split(':')
  if (group === undefined || !kind || !named || rest.length > 0) {
    throw new CliError(`"${text}" is not a resource`, {
      hint: 'GROUP:KIND:NAME, e.g. apps:Deployment:web or :Service:web',
    })
  }
  const slash = named.indexOf('/')
  return slash < 0
    ? { group, kind, namespace: '', name: named }
    : { group, kind, namespace: named.slice(0, slash), name: named.slice(slash + 1) }
}
