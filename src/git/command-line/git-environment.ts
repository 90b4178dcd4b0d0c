import type { RemoteAddress } from './remote-address.js'

/** Where the usual systems keep Git; the environment of this program is not passed on. */
export const DEFAULT_SEARCH_PATH = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin:/opt/local/bin'

type Setting = readonly [key: string, value: string]

/**
 * Nothing that a repository or a machine says may start a program: no hooks, helpers, monitors, filters or other
 * transports. `fsckObjects` refuses crafted trees; the four exceptions are old commit headers that are merely ugly.
 */
const SETTINGS: readonly Setting[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.askPass', ''],
  ['credential.helper', ''],
  ['protocol.version', '2'],
  ['protocol.ext.allow', 'never'],
  ['fetch.fsckObjects', 'true'],
  ['fetch.fsck.badTimezone', 'ignore'],
  ['fetch.fsck.missingEmail', 'ignore'],
  ['fetch.fsck.missingNameBeforeEmail', 'ignore'],
  ['fetch.fsck.missingSpaceBeforeDate', 'ignore'],
  ['fetch.recurseSubmodules', 'false'],
  ['fetch.writeCommitGraph', 'false'],
  ['transfer.bundleURI', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['http.lowSpeedLimit', '1000'],
  ['http.lowSpeedTime', '30'],
]

export interface GitEnvironmentOptions {
  readonly searchPath: string
  /** A folder of our own: Git finds no `.netrc` and no settings there. */
  readonly home: string
  readonly allowLocalPaths: boolean
}

/** The complete environment of a Git process that needs no remote. */
export function localEnvironment(options: GitEnvironmentOptions): Record<string, string> {
  return withSettings(options, SETTINGS)
}

/**
 * The complete environment of a Git process that talks to `remote`. The credential travels as a header setting in the
 * environment: not in argv, not in the URL, not in a file. Redirects are off: Git would send that header along, and
 * follow to an address that nobody judged.
 */
export function remoteEnvironment(
  options: GitEnvironmentOptions,
  remote: RemoteAddress,
): Record<string, string> {
  const authorization = basicAuthorization(remote)
  const settings: Setting[] = [...SETTINGS, ['http.sslVerify', remote.insecureTls ? 'false' : 'true']]
  if (authorization !== undefined) {
    settings.push(['http.extraHeader', `Authorization: ${authorization}`])
  }
  settings.push(['http.followRedirects', 'false'])
  if (remote.pinned !== undefined) settings.push(['http.curloptResolve', remote.pinned])
  return withSettings(options, settings)
}

/** `Basic …`, or undefined without credentials. A token alone goes in as the password of the user `git`. */
export function basicAuthorization(remote: RemoteAddress): string | undefined {
  if (remote.username === undefined && remote.password === undefined) return undefined
  const pair = `${remote.username ?? 'git'}:${remote.password ?? ''}`
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`
}

function withSettings(options: GitEnvironmentOptions, settings: readonly Setting[]): Record<string, string> {
  const environment: Record<string, string> = {
    PATH: options.searchPath,
    HOME: options.home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_ALLOW_PROTOCOL: options.allowLocalPaths ? 'https:http:file' : 'https:http',
    GIT_CONFIG_COUNT: String(settings.length),
  }
  for (const [index, [key, value]] of settings.entries()) {
    environment[`GIT_CONFIG_KEY_${index}`] = key
    environment[`GIT_CONFIG_VALUE_${index}`] = value
  }
  return environment
}
