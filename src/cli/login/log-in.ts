import { CliError } from '../cli-error.js'
import type { CommandContext } from '../command-context.js'
import { configPath, readConfig, withContext, writeConfig } from '../config-file.js'
import { GraphqlClient } from '../graphql-client.js'
import { serverUrl } from '../server-address.js'

const LOGIN = `mutation($input: LoginInput!) { login(input: $input) { username token userErrors { code message } } }`
const SETUP = `mutation($input: CompleteSetupInput!) { completeSetup(input: $input) {
  username token userErrors { code message } } }`

interface SessionView {
  readonly username: string
  readonly token: string
}

/** `login SERVER` with user name and password, or `login LINK` with the one-time link that the server printed. */
export async function logIn(context: CommandContext): Promise<number> {
  const { args, flags, io } = context
  const target = args[0] ?? flags.text('server') ?? io.env['LOCKSTEP_SERVER']
  if (target === undefined)
    throw new CliError('name the server', { hint: 'lockstep login SERVER, or the link it printed' })
  const link = setupLink(target)
  const url = link?.server ?? serverUrl(target, flags.isOn('plaintext'))
  const client = new GraphqlClient({ url, allowInsecureTls: flags.isOn('insecure') })
  const session =
    link === undefined ? await withPassword(context, client) : await withLink(context, client, link.token)
  const path = configPath(flags.text('config'), io.env)
  const name = flags.text('name') ?? url.replace(/^https?:\/\//, '')
  const entry = { name, server: url, token: session.token, insecure: flags.isOn('insecure') }
  await writeConfig(path, withContext(await readConfig(path), entry))
  io.err(`'${session.username}' logged in successfully\nContext '${name}' updated\n`)
  return 0
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
  const password = await passwordOf(context, 'New password of admin (at least 12 characters): ')
  if (context.flags.text('password') === undefined && !context.flags.isOn('passwordStdin')) {
    const again = await context.io.ask('Once more: ', true)
    if (again !== password) throw new CliError('the two passwords differ')
  }
  return client.change<SessionView>('completeSetup', SETUP, { token, password, bearer: true })
}

async function withPassword(context: CommandContext, client: GraphqlClient): Promise<SessionView> {
  const { flags, io } = context
  const username = flags.text('username') ?? (io.interactive ? await io.ask('Username: ', false) : undefined)
  if (username === undefined) throw new CliError('--username is missing')
  const password = await passwordOf(context, 'Password: ')
  return client.change<SessionView>('login', LOGIN, { username, password, bearer: true })
}

async function passwordOf({ flags, io }: CommandContext, question: string): Promise<string> {
  if (flags.isOn('passwordStdin')) return (await io.stdin()).replace(/\r?\n$/, '')
  const given = flags.text('password')
  if (given !== undefined) return given
  if (!io.interactive) {
    throw new CliError('a password is needed', {
      hint: 'use --password-stdin, e.g. lockstep login … --password-stdin < file',
    })
  }
  return io.ask(question, true)
}
