import { AppError } from '../../base/app-error.js'
import type { GitRemote } from '../git-source.js'

/** A remote taken apart: the URL goes into argv and messages, the secrets into the environment only. */
export interface RemoteAddress {
  /** Without user name and password. */
  readonly url: string
  readonly username?: string
  readonly password?: string
  readonly insecureTls: boolean
  /** `host:port:address,…`: the addresses that were judged; Git uses these and no others. */
  readonly pinned?: string
}

const MAX_LENGTH = 2048
/** What no URL may hold: control characters, white space, and text directions that make it look like another. */
const UNSAFE = /[\u0000-\u0020\u007f-\u00a0\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

/**
 * Refuses (BAD_USER_INPUT) what Git would read as an option, a program or a local file. A path is permitted only with
 * `allowLocalPaths`, which is for tests.
 */
export function remoteAddress(remote: GitRemote, allowLocalPaths: boolean): RemoteAddress {
  refuseUnsafe(remote.url)
  const insecureTls = remote.insecureTls === true
  if (allowLocalPaths && remote.url.startsWith('/')) return { url: remote.url, insecureTls }
  const parsed = parseHttp(remote.url)
  const username = remote.username ?? decoded(parsed.username)
  const password = remote.password ?? decoded(parsed.password)
  parsed.username = ''
  parsed.password = ''
  return {
    url: parsed.href,
    insecureTls,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  }
}

function refuseUnsafe(url: string): void {
  if (!UNSAFE.test(url) && !url.startsWith('-') && url.length <= MAX_LENGTH) return
  const why = `its URL is too long or holds characters that no URL may hold`
  throw new AppError('BAD_USER_INPUT', `Cannot reach the repository: ${why}`, { stage: 'ADDRESS' })
}

function parseHttp(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed !== undefined && (parsed.protocol === 'https:' || parsed.protocol === 'http:')) return parsed
  const scheme = parsed === undefined ? 'it has no scheme' : `its scheme is "${parsed.protocol}"`
  throw new AppError(
    'BAD_USER_INPUT',
    `Cannot reach the repository: ${scheme}; only https:// and http:// URLs can be fetched`,
    { stage: 'ADDRESS' },
  )
}

function decoded(part: string): string | undefined {
  if (part === '') return undefined
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
