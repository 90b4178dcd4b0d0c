import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { CliError } from './cli-error.js'

/** Same shape as Argo CD's file: contexts point to servers and users by name. */
export interface CliConfig {
  readonly 'current-context'?: string
  readonly contexts: readonly { readonly name: string; readonly server: string; readonly user: string }[]
  readonly servers: readonly { readonly server: string; readonly insecure?: boolean }[]
  readonly users: readonly { readonly name: string; readonly 'auth-token'?: string }[]
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
  const { load } = await import('js-yaml')
  const parsed: unknown = load(text)
  return { ...EMPTY, ...(parsed !== null && typeof parsed === 'object' ? parsed : {}) }
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
    readonly token: string
    readonly insecure: boolean
  },
): CliConfig {
  const { name, server, token, insecure } = entry
  return {
    'current-context': name,
    contexts: [...config.contexts.filter((context) => context.name !== name), { name, server, user: name }],
    servers: [
      ...config.servers.filter((known) => known.server !== server),
      { server, ...(insecure && { insecure }) },
    ],
    users: [...config.users.filter((user) => user.name !== name), { name, 'auth-token': token }],
  }
}

/** The configuration without the token of this context. */
export function withoutToken(config: CliConfig, name: string): CliConfig {
  const user = config.contexts.find((context) => context.name === name)?.user
  return {
    ...config,
    users: config.users.map((entry) => (entry.name === user ? { name: entry.name } : entry)),
  }
}
