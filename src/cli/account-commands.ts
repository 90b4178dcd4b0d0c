import type { Command } from 'commander'
import { SCOPE } from './account/token-scopes.js'
import { repeated, type AddCommand } from './command-options.js'

const OUTPUT = '-o, --output <format>'
const FORMATS = 'json, yaml, wide or name'
const ACCOUNT = '-a, --account <name>'
const YES = '-y, --yes'

/** `account …`, and the tokens of `proj role`. */
export function addAccountCommands(program: Command, add: AddCommand): void {
  const account = group(program, 'account', 'accounts, their passwords, sessions and tokens')
  addAccounts(account, add)
  addPasswords(account, add)
  addTokens(account, add)
  addRoleTokens(group(group(program, 'proj', 'projects'), 'role', 'roles of a project'), add)
}

/** Other files put commands into the same group. */
function group(parent: Command, name: string, text: string): Command {
  return parent.commands.find((command) => command.name() === name) ?? parent.command(name).description(text)
}

function addAccounts(account: Command, add: AddCommand): void {
  const load = () => import('./account/accounts.js')
  add(account, { name: 'list', text: 'list accounts' }, async () => (await load()).listAccounts).option(
    OUTPUT,
    FORMATS,
  )
  add(account, { name: 'get', text: 'show an account' }, async () => (await load()).getAccount)
    .option(ACCOUNT, 'default your own')
    .option(OUTPUT, FORMATS)
  add(
    account,
    { name: 'get-user-info', text: 'who you are' },
    async () => (await import('./account/show-user.js')).showUser,
  ).option(OUTPUT, FORMATS)
  add(account, { name: 'create <name>', text: 'create an account' }, async () => (await load()).createAccount)
    .option('--capabilities <list>', 'login, apiKey or both with a comma between; default login')
    .option('--password <password>', 'other programs on this machine can read it: prefer --password-stdin')
    .option('--password-stdin', 'read the password from standard input')
    .option('--bcrypt-hash <hash>', 'a hash from Argo CD instead of a password')
  add(
    account,
    { name: 'set <name>', text: 'change what an account may be used for' },
    async () => (await load()).setAccount,
  ).option('--capabilities <list>', 'login, apiKey or both with a comma between')
  add(
    account,
    { name: 'enable <name>', text: 'let it sign in again' },
    async () => (await load()).enableAccount,
  )
  add(
    account,
    { name: 'disable <name>', text: 'end its sessions and tokens, and let it not sign in' },
    async () => (await load()).disableAccount,
  )
  add(
    account,
    { name: 'delete <name>', text: 'delete an account' },
    async () => (await load()).deleteAccount,
  ).option(YES, 'agree without being asked')
}

function addPasswords(account: Command, add: AddCommand): void {
  const load = () => import('./account/passwords.js')
  add(
    account,
    { name: 'update-password', text: 'set a password; all sessions and tokens of the account end' },
    async () => (await load()).updatePassword,
  )
    .option('--account <name>', 'default your own')
    .option('--current-password <password>', 'yours, whosever password is set')
    .option('--new-password <password>')
  add(
    account,
    { name: 'bcrypt', text: 'print the bcrypt hash of a password' },
    async () => (await load()).printBcrypt,
  )
    .option('--password <password>')
    .option('--password-stdin', 'read the password from standard input')
}

function addTokens(account: Command, add: AddCommand): void {
  const load = () => import('./account/tokens.js')
  const generate = add(
    account,
    { name: 'generate-token', text: 'make an API token; it is shown once' },
    async () => (await load()).generateToken,
  )
    .option(ACCOUNT, 'default your own')
    .option('--id <name>', 'name of the token')
    .option('-e, --expires-in <duration>', 'e.g. 30d, 720h or 90m; default 30d')
  repeated(generate, ...SCOPE)
  add(
    account,
    { name: 'delete-token <id>', text: 'end an API token, by its name or id' },
    async () => (await load()).deleteToken,
  ).option(ACCOUNT, 'default your own')
  add(
    account,
    { name: 'session-token', text: 'print the token of the current context' },
    async () => (await load()).printSessionToken,
  )
  const sessions = () => import('./account/sessions.js')
  add(account, { name: 'sessions', text: 'list sessions' }, async () => (await sessions()).listSessions)
    .option(ACCOUNT, 'default your own')
    .option(OUTPUT, FORMATS)
  add(
    account,
    { name: 'end-session [id]', text: 'end a session, or with --all all but this one' },
    async () => (await sessions()).endSessions,
  )
    .option(ACCOUNT, 'default your own')
    .option('--all')
}

function addRoleTokens(role: Command, add: AddCommand): void {
  const load = () => import('./proj/role-tokens.js')
  const create = add(
    role,
    { name: 'create-token <project> <role>', text: 'make a token that acts as the role; it is shown once' },
    async () => (await load()).createRoleToken,
  )
    .option('-i, --id <name>', 'name of the token')
    .option('-e, --expires-in <duration>', 'e.g. 30d, 720h or 90m; default 30d')
    .option('-t, --token-only', 'print the token and nothing else')
  repeated(create, ...SCOPE)
  add(
    role,
    {
      name: 'delete-token <project> <role> <id>',
      text: 'end a token, by its name, its id or when it was made',
    },
    async () => (await load()).deleteRoleToken,
  ).option(YES, 'agree without being asked')
  add(
    role,
    { name: 'list-tokens <project> <role>', text: 'list the tokens of a role' },
    async () => (await load()).listRoleTokens,
  )
    .option('-u, --unixtime', 'times as seconds since 1970')
    .option(OUTPUT, FORMATS)
}
