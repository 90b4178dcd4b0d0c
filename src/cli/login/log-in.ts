import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { configPath, readConfig, withContext, writeConfig } from '../config-file.js'
import { GraphqlClient } from '../graphql-client.js'
import { serverUrl } from '../server-address.js'
import { askNewPassword, askPassword } from './ask-password.js'

const LOGIN = `mutation($input: LoginInput!) { login(input: $input) { username token userErrors { code message } } }`
const SETUP = `mutation($input: CompleteSetupInput!) { completeSetup(input: $input) {
  username token userErrors { code message } } }`

interface SessionView {
  readonly username: string
  readonly token: string
}

/** `login SERVER` with user name and password or with a token, or `login LINK` with the one-time link of the server. */
export async function logIn(context: CommandContext): Promise<number> {
  const { args, flags, io } = context
  refuseUnsupported(context)
  const target = args[0] ?? flags.text('server') ?? io.env['LOCKSTEP_SERVER']
  if (target === undefined)
    throw new CliError('name the server', { hint: 'lockstep login SERVER, or the link it printed' })
  const link = setupLink(target)
  const url = link?.server ?? serverUrl(target, flags.isOn('plaintext'))
  const allowInsecureTls = flags.isOn('insecure')
  const client = new GraphqlClient({ url, allowInsecureTls })
  const path = configPath(flags.text('config'), io.env)
  const config = await readConfig(path)
  const session = await sessionFrom(context, client, link?.token)
  const name = flags.text('name') ?? url.replace(/^https?:\/\//, '')
  const { username, token } = session
  await writeConfig(
    path,
    withContext(config, { name, server: url, username, token, insecure: allowInsecureTls }),
  )
  io.err(`'${username}' logged in successfully\nContext '${name}' updated\n`)
  return 0
}

function refuseUnsupported({ flags }: CommandContext): void {
  if (flags.isOn('sso')) {
    throw new CliError('single sign-on is not supported yet', { hint: 'use --username, or --token-stdin' })
  }
  if (flags.isOn('core')) {
    throw new CliError('there is no core mode', { reason: 'the CLI always asks a Lockstep server' })
  }
}

function sessionFrom(
  context: CommandContext,
  client: GraphqlClient,
  setupToken: string | undefined,
): Promise<SessionView> {
  if (setupToken !== undefined) return withLink(context, client, setupToken)
  return context.flags.isOn('tokenStdin') ? withToken(context, client) : withPassword(context, client)
}

/** `http://host/setup?token=…` as the server prints it. */
function setupLink(text: string): { readonly server: string; readonly token: string } | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const token = url.searchParams.get('token')
  if (token === null || !url.pathname.endsWith('/setup')) return undefined
  return { server: serverUrl(`${url.origin}${url.pathname.slice(0, -'/setup'.length)}`, false), token }
}

async function withLink(context: CommandContext, client: GraphqlClient, token: string): Promise<SessionView> {
  const password = await askNewPassword(context, 'New password of admin: ')
  return client.change<SessionView>('completeSetup', SETUP, { token, password, bearer: true })
}

async function withPassword(context: CommandContext, client: GraphqlClient): Promise<SessionView> {
  const { flags, io } = context
  const username = flags.text('username') ?? (io.interactive ? await io.ask('Username: ', false) : undefined)
  if (username === undefined) throw new CliError('--username is missing')
  const password = await askPassword(context, 'Password: ')
  return client.change<SessionView>('login', LOGIN, { username, password, bearer: true })
}

/** An API token or a session: kept when the server knows it. */
async function withToken({ io }: CommandContext, client: GraphqlClient): Promise<SessionView> {
  const token = (await io.stdin()).trim()
  const known = new GraphqlClient({ ...client.address, token })
  const { viewer } = await known.ask<{ readonly viewer: { readonly username: string } | null }>(
    '{ viewer { username } }',
  )
  if (viewer === null) {
    throw new CliError('the server does not accept this token', {
      reason: 'it expired, was deleted, or is not one of this server',
    })
  }
  return { username: viewer.username, token }
}
