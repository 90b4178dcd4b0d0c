import { scopesOf } from '../account/token-scopes.js'
import type { CommandContext } from '../command-context.js'
import { confirm } from '../confirm.js'
import { lifetimeSeconds } from '../lifetime.js'
import { printList } from '../output/print.js'

interface TokenView {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  readonly expiresAt: string
}

const CREATE = `mutation($input: CreateRoleTokenInput!) { createRoleToken(input: $input) {
  id name token createdAt expiresAt userErrors { code message } } }`
const DELETE = `mutation($input: DeleteRoleTokenInput!) { deleteRoleToken(input: $input) { userErrors { code message } } }`
const LIST = `query($project: String!, $role: String!) { roleTokens(project: $project, role: $role) {
  id name createdAt expiresAt lastUsedAt } }`

/** `proj role create-token PROJECT ROLE`, as Argo CD prints it. */
export async function createRoleToken(context: CommandContext): Promise<number> {
  const { args, flags, io } = context
  const [project, role] = args
  const client = await context.client()
  const made = await client.change<TokenView & { readonly token: string }>('createRoleToken', CREATE, {
    project,
    role,
    name: flags.text('id') ?? null,
    expiresInSeconds: lifetimeSeconds(flags.text('expiresIn') ?? '30d'),
    ...scopesOf(flags),
  })
  if (flags.isOn('tokenOnly')) {
    io.out(`${made.token}\n`)
    return 0
  }
  io.out(
    `Create token succeeded for proj:${project}:${role}.\n  ID: ${made.name}\n  Issued At: ${made.createdAt}\n` +
      `  Expires At: ${made.expiresAt}\n  Token: ${made.token}\n`,
  )
  return 0
}

export async function listRoleTokens(context: CommandContext): Promise<number> {
  const { flags } = context
  const tokens = await tokensOf(context)
  const time = (text: string): string => (flags.isOn('unixtime') ? String(unixTime(text)) : text)
  await printList(context, tokens, {
    header: ['ID', 'ISSUED AT', 'EXPIRES AT'],
    row: (token) => [token.name, time(token.createdAt), time(token.expiresAt)],
    name: (token) => token.name,
  })
  return 0
}

/** Argo CD names a token by the second in which it was made. */
export async function deleteRoleToken(context: CommandContext): Promise<number> {
  const [project, role, id = ''] = context.args
  const client = await context.client()
  const issued = /^\d{9,11}$/.test(id)
    ? (await tokensOf(context)).find((token) => unixTime(token.createdAt) === Number(id))
    : undefined
  await confirm(context, `Delete token "${id}" of role "${role}" of project "${project}"?`)
  await client.change('deleteRoleToken', DELETE, { project, role, token: issued?.id ?? id })
  context.io.err(`token '${id}' deleted\n`)
  return 0
}

async function tokensOf(context: CommandContext): Promise<readonly TokenView[]> {
  const [project, role] = context.args
  const client = await context.client()
  return (await client.ask<{ readonly roleTokens: readonly TokenView[] }>(LIST, { project, role })).roleTokens
}

function unixTime(text: string): number {
  return Math.floor(Date.parse(text) / 1000)
}
