import { CliError } from './cli-error.js'
import type { CommandContext } from './command-context.js'

const CREATE = `mutation($input: CreateApiTokenInput!) { createApiToken(input: $input) {
  token userErrors { code message } } }`

/** `account generate-token`: prints the token, once. */
export async function createToken(context: CommandContext): Promise<number> {
  const client = await context.client()
  const payload = await client.change<{ readonly token: string }>('createApiToken', CREATE, {
    name: context.flags.text('id') ?? 'cli',
    expiresInDays: daysOf(context.flags.text('expiresIn') ?? '30d'),
  })
  context.io.out(`${payload.token}\n`)
  return 0
}

/** `30d` or `720h`; tokens live whole days. */
function daysOf(text: string): number {
  const parts = /^(\d+)(d|h)$/.exec(text)
  if (parts === null) throw new CliError(`"${text}" is not a duration`, { hint: 'e.g. 30d or 720h' })
  const count = Number(parts[1])
  return parts[2] === 'd' ? count : Math.max(1, Math.round(count / 24))
}

/** `account get-user-info`: who the server thinks you are. */
export async function showViewer(context: CommandContext): Promise<number> {
  const client = await context.client()
  const answer = await client.ask<{
    readonly viewer: { readonly username: string; readonly groups: readonly string[] } | null
  }>('{ viewer { username kind groups } }')
  const { viewer } = answer
  context.io.out(
    viewer === null
      ? 'Logged In: false\n'
      : `Logged In: true\nUsername: ${viewer.username}\nGroups: ${viewer.groups.join(',')}\n`,
  )
  return 0
}
