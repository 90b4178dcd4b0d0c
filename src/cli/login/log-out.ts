import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { configPath, readConfig, withoutToken, writeConfig } from '../config-file.js'

/** `logout [CONTEXT]`: ends the session on the server and forgets its token here, whatever the server says. */
export async function logOut(context: CommandContext): Promise<number> {
  const { flags, args, io } = context
  const path = configPath(flags.text('config'), io.env)
  const config = await readConfig(path)
  const name = args[0] ?? config['current-context']
  const known = config.contexts.find((entry) => entry.name === name || entry.server === name)
  if (known === undefined)
    throw new CliError(`there is no context "${name ?? ''}"`, { hint: 'lockstep context' })
  if (known.name === config['current-context']) {
    const client = await context.client()
    await client.ask('mutation { logout { userErrors { message } } }').catch((error: unknown) => {
      if (!(error instanceof CliError)) throw error
      io.err(`the server did not end the session: ${error.message}\n`)
    })
  }
  await writeConfig(path, withoutToken(config, known.name))
  io.err(`Logged out from '${known.name}'\n`)
  return 0
}
