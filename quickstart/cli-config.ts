import { load } from 'js-yaml'

const NAME = 'quickstart'

/** The shape of the CLI's configuration. */
export interface CliConfig {
  readonly 'current-context'?: string
  readonly contexts: readonly { readonly name: string; readonly server: string; readonly user: string }[]
  readonly servers: readonly { readonly server: string }[]
  readonly users: readonly { readonly name: string; readonly 'auth-token'?: string }[]
}

/** What cannot be read is as good as nothing: the quickstart writes it anew. */
export function readCliConfig(text: string): CliConfig {
  const empty: CliConfig = { contexts: [], servers: [], users: [] }
  try {
    const parsed: unknown = load(text)
    return parsed !== null && typeof parsed === 'object' ? { ...empty, ...parsed } : empty
  } catch {
    return empty
  }
}

export function tokenOf(config: CliConfig): string | undefined {
  return config.users.find(({ name }) => name === NAME)?.['auth-token']
}

/** The context of the quickstart replaced, everything else as it was; it becomes current only where no other is. */
export function withQuickstart(config: CliConfig, url: string, token: string): CliConfig {
  const before = config.contexts.find(({ name }) => name === NAME)?.server
  const contexts = config.contexts.filter(({ name }) => name !== NAME)
  const current = config['current-context']
  const isOthers = contexts.some(({ name }) => name === current)
  const used = new Set(contexts.map(({ server }) => server))
  const servers = config.servers.filter(
    ({ server }) => server !== url && (server !== before || used.has(server)),
  )
  return {
    'current-context': isOthers && current !== undefined ? current : NAME,
    contexts: [...contexts, { name: NAME, server: url, user: NAME }],
    servers: [...servers, config.servers.find(({ server }) => server === url) ?? { server: url }],
    users: [...config.users.filter(({ name }) => name !== NAME), { name: NAME, 'auth-token': token }],
  }
}
