import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { lifetimeSeconds } from '../lifetime.js'
import { scopesOf } from './token-scopes.js'

const CREATE = `mutation($input: CreateApiTokenInput!) { createApiToken(input: $input) {
  token expiresAt userErrors { code message } } }`
const DELETE = `mutation($input: DeleteApiTokenInput!) { deleteApiToken(input: $input) { userErrors { code message } } }`

/** `account generate-token`: prints the token, once. */
export async function generateToken(context: CommandContext): Promise<number> {
  const { flags, io } = context
  const client = await context.client()
  const made = await client.change<{ readonly token: string; readonly expiresAt: string }>(
    'createApiToken',
    CREATE,
    {
      account: flags.text('account') ?? null,
      name: flags.text('id') ?? null,
      expiresInSeconds: lifetimeSeconds(flags.text('expiresIn') ?? '30d'),
      ...scopesOf(flags),
    },
  )
  io.out(`${made.token}\n`)
  io.err(`It expires at ${made.expiresAt}\n`)
  return 0
}

export async function deleteToken(context: CommandContext): Promise<number> {
  const client = await context.client()
  const [token] = context.args
  await client.change('deleteApiToken', DELETE, { account: context.flags.text('account') ?? null, token })
  context.io.err(`token '${token}' deleted\n`)
  return 0
}

/** `account session-token`: for programs that speak with the server themselves. */
export async function printSessionToken(context: CommandContext): Promise<number> {
  const { address } = await context.client()
  if (address.token === undefined) {
    throw new CliError('you are not signed in', { hint: `lockstep login ${address.url}` })
  }
  context.io.out(`${address.token}\n`)
  return 0
}
