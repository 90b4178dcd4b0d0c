import { randomUUID } from 'node:crypto'
import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { confirm } from '../confirm.js'
import { readApp, type AppName } from './app-view.js'
import { namedApps } from './named-apps.js'
import { faultsOf, type OutcomeView } from './outcomes.js'

const DELETE = `mutation($input: DeleteApplicationsInput!) { deleteApplications(input: $input) {
  outcomes { namespace name userError { message } } userErrors { code message } } }`
const POLL_MS = 1000
const PROPAGATIONS = ['FOREGROUND', 'BACKGROUND', 'ORPHAN']

/** `app delete NAME…`: asks first, lists what goes; `--cascade=false` leaves the objects in the cluster. */
export async function deleteApps(context: CommandContext): Promise<number> {
  const { flags } = context
  const client = await context.client()
  const cascade = flags.given('cascade') ?? true
  const propagation = (flags.text('propagationPolicy') ?? 'foreground').toUpperCase()
  if (!PROPAGATIONS.includes(propagation)) {
    throw new CliError(`the propagation policy "${propagation.toLowerCase()}" does not exist`, {
      hint: 'foreground, background or orphan',
    })
  }
  const names = await namedApps(context, client)
  for (const name of names) await askFor(context, name, cascade)
  const { outcomes } = await client.change<{ readonly outcomes: readonly OutcomeView[] }>(
    'deleteApplications',
    DELETE,
    // Those that were shown, whatever fits the selector by now.
    { choice: { names }, cascade, propagation, idempotencyKey: randomUUID() },
  )
  const faults = faultsOf(context, outcomes, 'is being deleted')
  if (faults.length > 0)
    throw new CliError('not every application is being deleted', { reason: faults.join('; ') })
  if (flags.isOn('wait')) for (const name of names) await waitUntilGone(context, name)
  return 0
}

async function askFor(context: CommandContext, name: AppName, cascade: boolean): Promise<void> {
  const app = await readApp(await context.client(), name)
  const objects = app.resources ?? []
  if (!cascade)
    return confirm(context, `Delete application "${app.name}" and leave its ${objects.length} objects?`)
  for (const { kind, namespace, name: object } of objects) {
    context.io.err(`  goes: ${kind} ${namespace === '' ? object : `${namespace}/${object}`}\n`)
  }
  return confirm(context, `Delete application "${app.name}" and its ${objects.length} objects?`)
}

async function waitUntilGone(context: CommandContext, name: AppName): Promise<void> {
  const client = await context.client()
  for (;;) {
    const left = await readApp(client, name).catch((error: unknown) => {
      if (error instanceof CliError && error.message.includes('does not exist')) return undefined
      throw error
    })
    if (left === undefined) return
    await context.io.sleep(POLL_MS)
  }
}
