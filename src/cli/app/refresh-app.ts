import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { choicesOf } from './named-apps.js'
import { faultsOf, type OutcomeView } from './outcomes.js'
import { readApp, type AppName, type AppView } from './app-view.js'

const POLL_MS = 300
/** Then the answer is what is known; the comparison goes on by itself. */
const PATIENCE_MS = 20_000

const REFRESH = `mutation($input: RefreshApplicationInput!) { refreshApplication(input: $input) {
  userErrors { code message } } }`

const REFRESH_MANY = `mutation($input: RefreshApplicationsInput!) { refreshApplications(input: $input) {
  outcomes { namespace name userError { message } } userErrors { code message } } }`

/** `app refresh`: asks for a new comparison and returns. */
export async function refreshApps(context: CommandContext): Promise<number> {
  const client = await context.client()
  const faults: string[] = []
  for (const choice of choicesOf(context)) {
    const { outcomes } = await client.change<{ readonly outcomes: readonly OutcomeView[] }>(
      'refreshApplications',
      REFRESH_MANY,
      { choice, hard: context.flags.isOn('hard') },
    )
    faults.push(...faultsOf(context, outcomes, 'is being refreshed'))
  }
  if (faults.length === 0) return 0
  throw new CliError('not every application is being refreshed', { reason: faults.join('; ') })
}

/** Asks for a comparison and waits until one later than before is there. */
export async function refreshAndRead(
  context: CommandContext,
  name: AppName,
  hard: boolean,
): Promise<AppView> {
  const client = await context.client()
  const before = await readApp(client, name)
  await client.change('refreshApplication', REFRESH, { ...name, hard })
  const begin = context.io.monotonic()
  let app = before
  while (app.observedAt === before.observedAt && context.io.monotonic() - begin < PATIENCE_MS) {
    await context.io.sleep(POLL_MS)
    app = await readApp(client, name)
  }
  if (app.observedAt === before.observedAt) {
    context.io.err(
      `the comparison of ${app.name} takes longer; this is the state as of ${app.observedAt ?? 'never'}\n`,
    )
  }
  return app
}
