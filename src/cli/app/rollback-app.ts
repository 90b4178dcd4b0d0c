import { randomUUID } from 'node:crypto'
import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { parseAppName } from './app-view.js'
import { followAll } from './follow-sync.js'

const ROLLBACK = `mutation($input: RollbackApplicationInput!) { rollbackApplication(input: $input) {
  operation { id } userErrors { code message } } }`

/** `app rollback NAME [ID]`: an earlier deployment, by default the one before the newest, and follows it to its end. */
export async function rollbackApp(context: CommandContext): Promise<number> {
  const { args, flags } = context
  const name = parseAppName(args[0] ?? '', flags.text('appNamespace'))
  const number = args[1] === undefined ? undefined : Number(args[1])
  if (number !== undefined && !Number.isSafeInteger(number)) {
    throw new CliError(`"${args[1]}" is no ID of the history`, { hint: `lockstep app history ${name.name}` })
  }
  const client = await context.client()
  const { operation } = await client.change<{ readonly operation: { readonly id: string } }>(
    'rollbackApplication',
    ROLLBACK,
    {
      ...name,
      ...(number !== undefined && { number }),
      prune: flags.isOn('prune'),
      confirmPrune: flags.isOn('confirmPrune'),
      dryRun: flags.isOn('dryRun'),
      idempotencyKey: randomUUID(),
    },
  )
  return flags.isOn('async') ? 0 : followAll(context, [{ name, id: operation.id }])
}
