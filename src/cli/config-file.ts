import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { CliError } from './cli-error.js'

/** Same shape as Argo CD's file: contexts point to servers and users by name. */
export interface CliConfig {
  readonly 'current-context'?: string
  readonly contexts: readonly { readonly name: string; readonly server: string; readonly user: string }[]
  readonly servers: readonly { readonly server: string; readonly insecure?: boolean }[]
  readonly users: readonly CliUser[]
}

interface CliUser {
  readonly name: string
  readonly 'auth-token'?: string
  /** Of the account, for `relogin`. */
  readonly username?: string
}

const EMPTY: CliConfig = { contexts: [], servers: [], users: [] }

/** Where the configuration is: `--config`, else `$XDG_CONFIG_HOME/lockstep/config`. */
export function configPath(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (given !== undefined) return given
  const base = env['XDG_CONFIG_HOME']
  return join(base === undefined || base === '' ? join(homedir(), '.config') : base, 'lockstep', 'config')
}

export async function readConfig(path: string): Promise<CliConfig> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return EMPTY
    throw new CliError(`cannot read ${path}`, {
      reason: error instanceof Error ? error.message : String(error),
    })
  }
  await requirePrivate(path)
  const { load } = await import('js-yaml')
  const parsed: unknown = load(text)
  return { ...EMPTY, ...(parsed !== null && typeof parsed === 'object' ? parsed : {}) }
}

/** It holds tokens: what others may read is not used, as ssh does with its keys. */
async function requirePrivate(path: string): Promise<void> {
  const { mode } = await stat(path)
  if (process.platform === 'win32' || (mode & 0o077) === 0) return
  throw new CliError(`other people on this machine may read ${path}`, {
    reason: `it holds your tokens, and its mode is ${(mode & 0o777).toString(8).padStart(4, '0')}`,
    hint: `chmod 600 ${path}`,
  })
}

/** Written whole, readable by its owner only: it holds tokens. */
export async function writeConfig(path: string, config: CliConfig): Promise<void> {
  const { dump } = await import('js-yaml')
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const next = `${path}.new`
  await writeFile(next, dump(config), { mode: 0o600 })
  await chmod(next, 0o600)
  await rename(next, path)
}

/** The configuration with this server and token as the current context. */
export function withContext(
  config: CliConfig,
  entry: {
    readonly name: string
    readonly server: string
    readonly username: string
    readonly token: string
    readonly insecure: boolean
  },
): CliConfig {
  const { name, server, username, token, insecure } = entry
  return {
    'current-context': name,
    contexts: [...config.contexts.filter((context) => context.name !== name), { name, server, user: name }],
    servers: [
      ...config.servers.filter((known) => known.server !== server),
      { server, ...(insecure && { insecure }) },
    ],
    users: [...config.users.filter((user) => user.name !== name), { name, 'auth-token': token, username }],
  }
}

/** The configuration without the token of this context. */
export function withoutToken(config: CliConfig, name: string): CliConfig {
  const user = config.contexts.find((context) => context.name === name)?.user
  return {
    ...config,
    users: config.users.map((entry) => {
      const { 'auth-token': _token, ...rest } = entry
      return entry.name === user ? rest : entry
    }),
  }
}

/** Puts a new token where the old one was kept; one that came from a flag or the environment is kept nowhere. */
export async function keepToken(
  path: string,
  { before, after }: { readonly before: string; readonly after: string },
): Promise<void> {
  const config = await readConfig(path)
  const users = config.users.map((user) =>
    user['auth-token'] === before ? { ...user, 'auth-token': after } : user,
  )
  await writeConfig(path, { ...config, users })
}
