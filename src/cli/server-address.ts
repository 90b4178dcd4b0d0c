import { CliError } from './cli-error.js'
import type { CliIo } from './cli-io.js'
import { configPath, readConfig, type CliConfig } from './config-file.js'
import type { Flags } from './flags.js'
import type { ServerAddress } from './graphql-client.js'

/** The server to talk to: flag, environment, then the current context. */
export async function serverAddress(flags: Flags, io: CliIo): Promise<ServerAddress> {
  const config = await readConfig(configPath(flags.text('config'), io.env))
  const named = flags.text('lockstepContext') ?? config['current-context']
  const context = config.contexts.find((entry) => entry.name === named)
  const server = flags.text('server') ?? io.env['LOCKSTEP_SERVER'] ?? context?.server
  if (!server) {
    throw new CliError('no server is configured', {
      hint: 'lockstep login SERVER, or set LOCKSTEP_SERVER and LOCKSTEP_AUTH_TOKEN',
    })
  }
  const url = serverUrl(server, flags.isOn('plaintext'))
  const token = flags.text('authToken') ?? io.env['LOCKSTEP_AUTH_TOKEN'] ?? storedToken(config, context, url)
  const allowInsecureTls = flags.isOn('insecure') || isInsecure(config, url)
  return token ? { url, token, allowInsecureTls } : { url, allowInsecureTls }
}

function isInsecure(config: CliConfig, url: string): boolean {
  return config.servers.some((entry) => entry.insecure === true && serverUrl(entry.server, false) === url)
}

/** The token of a context goes to the server of that context only. */
function storedToken(
  config: CliConfig,
  context: CliConfig['contexts'][number] | undefined,
  url: string,
): string | undefined {
  if (context === undefined || serverUrl(context.server, false) !== url) return undefined
  return config.users.find((user) => user.name === context.user)?.['auth-token']
}

/** The address with a scheme: https, except for this machine and with `--plaintext`. */
export function serverUrl(text: string, plaintext: boolean): string {
  const local = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/|$)/.test(text)
  const withScheme = /^https?:\/\//.test(text) ? text : `${plaintext || local ? 'http' : 'https'}://${text}`
  if (!URL.canParse(withScheme)) throw new CliError(`"${text}" is not the address of a server`)
  const url = new URL(withScheme)
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}
