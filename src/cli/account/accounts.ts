import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { confirm } from '../confirm.js'
import { askNewPassword } from '../login/ask-password.js'
import { documentText, isDocumentFormat, printList, unknownFormat } from '../output/print.js'
import { table } from '../output/table.js'

interface TokenView {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  readonly expiresAt: string
  readonly lastUsedAt?: string | null
}

interface AccountView {
  readonly name: string
  readonly enabled: boolean
  readonly capabilities: readonly Capability[]
  readonly tokens?: readonly TokenView[]
}

type Capability = 'LOGIN' | 'API_KEY'

const WORDS: Readonly<Record<Capability, string>> = { LOGIN: 'login', API_KEY: 'apiKey' }
const FIELDS = 'name enabled capabilities hasPassword passwordChangedAt createdAt'

export async function listAccounts(context: CommandContext): Promise<number> {
  const client = await context.client()
  const answer = await client.ask<{ readonly accounts: readonly AccountView[] }>(`{ accounts { ${FIELDS} } }`)
  await printList(context, answer.accounts, {
    header: ['NAME', 'ENABLED', 'CAPABILITIES'],
    row: (account) => [account.name, String(account.enabled), capabilitiesOf(account)],
    name: (account) => account.name,
    document: (account) => documentOf(account),
  })
  return 0
}

export async function getAccount(context: CommandContext): Promise<number> {
  const client = await context.client()
  const name = context.flags.text('account') ?? (await ownName(context))
  const { account } = await client.ask<{ readonly account: AccountView }>(
    `query($name: String!) { account(name: $name) {
      ${FIELDS} tokens { id name createdAt expiresAt lastUsedAt } } }`,
    { name },
  )
  const format = context.flags.text('output') ?? 'wide'
  if (isDocumentFormat(format)) context.io.out(await documentText(documentOf(account), format))
  else if (format === 'name') context.io.out(`${account.name}\n`)
  else if (format === 'wide') context.io.out(summary(account))
  else throw unknownFormat(format)
  return 0
}

const CREATE = `mutation($input: CreateAccountInput!) { createAccount(input: $input) { userErrors { code message } } }`
const UPDATE = `mutation($input: UpdateAccountInput!) { updateAccount(input: $input) { userErrors { code message } } }`
const DELETE = `mutation($input: DeleteAccountInput!) { deleteAccount(input: $input) { userErrors { code message } } }`

export async function createAccount(context: CommandContext): Promise<number> {
  const { args, flags, io } = context
  const client = await context.client()
  const capabilities = readCapabilities(flags.text('capabilities') ?? 'login')
  const bcryptHash = flags.text('bcryptHash')
  const needsPassword = capabilities.includes('LOGIN') && bcryptHash === undefined
  const password = needsPassword ? await askNewPassword(context, `Password of '${args[0]}': `) : undefined
  await client.change('createAccount', CREATE, {
    name: args[0],
    capabilities,
    ...(password !== undefined && { password }),
    ...(bcryptHash !== undefined && { bcryptHash }),
  })
  io.err(`account '${args[0]}' created\n`)
  return 0
}

export async function setAccount(context: CommandContext): Promise<number> {
  const capabilities = readCapabilities(context.flags.required('capabilities'))
  return update(context, { capabilities }, 'updated')
}

export function enableAccount(context: CommandContext): Promise<number> {
  return update(context, { enabled: true }, 'enabled')
}

export function disableAccount(context: CommandContext): Promise<number> {
  return update(context, { enabled: false }, 'disabled')
}

export async function deleteAccount(context: CommandContext): Promise<number> {
  const [name] = context.args
  const client = await context.client()
  await confirm(context, `Delete account "${name}" with its sessions and tokens?`)
  await client.change('deleteAccount', DELETE, { name })
  context.io.err(`account '${name}' deleted\n`)
  return 0
}

async function update(context: CommandContext, change: object, done: string): Promise<number> {
  const [name] = context.args
  const client = await context.client()
  await client.change('updateAccount', UPDATE, { name, ...change })
  context.io.err(`account '${name}' ${done}\n`)
  return 0
}

async function ownName(context: CommandContext): Promise<string> {
  const client = await context.client()
  const { viewer } = await client.ask<{ readonly viewer: { readonly username: string } | null }>(
    '{ viewer { username } }',
  )
  if (viewer === null) throw new CliError('you are not signed in', { hint: 'lockstep login SERVER' })
  return viewer.username
}

function readCapabilities(text: string): readonly Capability[] {
  return text.split(',').map((word) => {
    const known = (['LOGIN', 'API_KEY'] as const).find(
      (one) => WORDS[one].toLowerCase() === word.trim().toLowerCase(),
    )
    if (known !== undefined) return known
    throw new CliError(`there is no capability "${word}"`, { hint: '--capabilities login,apiKey' })
  })
}

function capabilitiesOf({ capabilities }: AccountView): string {
  return capabilities.map((one) => WORDS[one]).join(', ')
}

/** With the words of Argo CD. */
function documentOf(account: AccountView): unknown {
  return { ...account, capabilities: account.capabilities.map((one) => WORDS[one]) }
}

function summary(account: AccountView): string {
  const head = table(
    [],
    [
      ['Name:', account.name],
      ['Enabled:', String(account.enabled)],
      ['Capabilities:', capabilitiesOf(account)],
    ],
  )
  const tokens = account.tokens ?? []
  if (tokens.length === 0) return `${head}\nTokens:\nNONE\n`
  const rows = tokens.map((token) => [
    token.name,
    token.createdAt,
    token.expiresAt,
    token.lastUsedAt ?? 'never',
  ])
  return `${head}\nTokens:\n${table(['ID', 'ISSUED AT', 'EXPIRING AT', 'LAST USED'], rows)}`
}
