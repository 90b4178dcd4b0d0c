import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import type { GraphqlClient } from '../graphql-client.js'
import { documentText } from '../output/print.js'
import { appDocument } from './app-document.js'
import { operationSummary, resourceTable } from './app-table.js'
import { plainWord, readApp, type AppName, type AppView, type OperationView } from './app-view.js'
import { progressView } from './show-progress.js'

const POLL_MS = 500

/** An operation that was started, and of what. */
export interface Started {
  readonly name: AppName
  readonly id: string
}

/** Waits for the ends of operations and tells them; `faults` are what other applications answered at once. */
export async function followAll(
  context: CommandContext,
  started: readonly Started[],
  faults: readonly string[] = [],
): Promise<number> {
  const client = await context.client()
  const failed = [...faults]
  for (const wish of started) {
    const app = await follow(context, client, wish)
    await report(context, app)
    const phase = app.operation?.phase ?? 'ERROR'
    if (phase !== 'SUCCEEDED') failed.push(`${wish.name.name}: ${app.operation?.message ?? phase}`)
  }
  if (failed.length === 0) return 0
  throw new CliError('Operation has completed with phase: Failed', {
    reason: failed.join('; '),
    hint: 'the MESSAGE column says what each object said; after mending it run the same command again',
  })
}

async function follow(context: CommandContext, client: GraphqlClient, wish: Started): Promise<AppView> {
  const { io, flags } = context
  const patience = (flags.number('timeout') ?? 0) * 1000
  const begin = io.monotonic()
  const progress = progressView(io, wish.name.name)
  for (;;) {
    const operation = await readOperation(client, wish.id)
    const waited = io.monotonic() - begin
    const isLate = patience > 0 && waited > patience
    if (isOver(operation) || isLate) progress.end()
    else progress.show(operation, waited)
    // The operation asked for, not whatever the application does by now.
    if (isOver(operation)) return { ...(await readApp(client, wish.name)), operation }
    if (isLate) {
      throw new CliError(
        `timed out after ${flags.text('timeout')} s waiting for the sync of "${wish.name.name}"`,
        {
          reason: operation.message,
          hint: 'the sync goes on; look with: lockstep app get',
        },
      )
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
