import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { parseAppName, readApp } from './app-view.js'

const CONFIRM = `mutation($input: ConfirmDeletionInput!) { confirmDeletion(input: $input) {
  operation { id } userErrors { code message } } }`

/** `app confirm-deletion NAME`: says what its operation waits for, and agrees. */
export async function confirmDeletion(context: CommandContext): Promise<number> {
  const { args, flags, io } = context
  const client = await context.client()
  const name = parseAppName(args[0] ?? '', flags.text('appNamespace'))
  const { operation } = await readApp(client, name)
  if (operation == null || operation.finishedAt != null) {
    throw new CliError(`no operation of application "${name.name}" waits for a confirmation`, {
      hint: `look with: lockstep app get ${name.name} --show-operation`,
    })
  }
  io.err(`${name.name}: ${operation.message}\n`)
  await client.change('confirmDeletion', CONFIRM, { ...name })
  io.out(`application '${name.name}' deletion confirmed\n`)
  return 0
}
