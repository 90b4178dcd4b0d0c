import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { configPath, readConfig, withContext, writeConfig } from '../config-file.js'
import { GraphqlClient } from '../graphql-client.js'
import { askPassword } from './ask-password.js'

const LOGIN = `mutation($input: LoginInput!) { login(input: $input) { username token userErrors { code message } } }`

/** `relogin`: a new session for the account and the server of the current context, for what needs a recent password too. */
export async function relogIn(context: CommandContext): Promise<number> {
  const { flags, io } = context
  const path = configPath(flags.text('config'), io.env)
  const config = await readConfig(path)
  const name = flags.text('lockstepContext') ?? config['current-context']
  const known = config.contexts.find((entry) => entry.name === name)
  const username = config.users.find((user) => user.name === known?.user)?.username
  if (known === undefined || username === undefined) {
    throw new CliError('there is nobody to sign in again', { hint: 'lockstep login SERVER --username NAME' })
  }
  const insecure = config.servers.some((entry) => entry.server === known.server && entry.insecure === true)
  const client = new GraphqlClient({
    url: known.server,
    allowInsecureTls: insecure || flags.isOn('insecure'),
  })
  const password = await askPassword(context, `Password of '${username}': `)
  const input = { username, password, bearer: true }
  const { token } = await client.change<{ readonly token: string }>('login', LOGIN, input)
  await writeConfig(path, withContext(config, { ...known, username, token, insecure }))
  io.err(`'${username}' logged in successfully\nContext '${known.name}' updated\n`)
  return 0
}
