import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { AppError, reasonOf } from '../../base/app-error.js'
import { judgeAddress } from '../../engine/address/judge-address.js'
import type { RemoteAddress } from './remote-address.js'

/** Whether remotes may have private or loopback addresses; link-local and metadata addresses never are permitted. */
export type PrivateAddresses = 'allow' | 'refuse'

export interface PinOptions {
  readonly privateAddresses: PrivateAddresses
  /** How long a name may take to be resolved. */
  readonly timeoutMs: number
  /** Addresses of a name; tests bring their own. */
  readonly resolve?: (host: string) => Promise<readonly string[]>
}

/**
 * The remote with the addresses that Git will use, judged: Git gets them as they are and asks no name server
 * again, so a name that changes its mind cannot slip by. Throws BAD_USER_INPUT for an address that is not permitted,
 * UPSTREAM_GIT (retry backoff) for a name that cannot be resolved.
 */
export async function pinAddress(remote: RemoteAddress, options: PinOptions): Promise<RemoteAddress> {
  if (remote.url.startsWith('/')) return remote
  const url = new URL(remote.url)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0) {
    refuse(remote, host, options)
    return remote
  }
  const addresses = await resolved(remote, host, options)
  for (const address of addresses) refuse(remote, address, options)
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  const list = addresses.map((address) => (isIP(address) === 6 ? `[${address}]` : address)).join(',')
  return { ...remote, pinned: `${host}:${port}:${list}` }
}

function refuse(remote: RemoteAddress, address: string, { privateAddresses }: PinOptions): void {
  const kind = judgeAddress(address)
  if (kind === 'public' || (kind === 'private' && privateAddresses === 'allow')) return
  const why =
    kind === 'never'
      ? `${address} is a link-local, metadata or multicast address, which is no address of a Git server`
      : `${address} is a private address, and this installation does not permit those (network.privateAddresses)`
  throw new AppError('BAD_USER_INPUT', `Cannot reach repository "${remote.url}": ${why}`, {
    stage: 'ADDRESS',
  })
}

async function resolved(
  remote: RemoteAddress,
  host: string,
  { timeoutMs, resolve = systemLookup }: PinOptions,
): Promise<readonly string[]> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('no answer in time')), timeoutMs)
  try {
    return await Promise.race([resolve(host), late.promise])
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : reasonOf(error)
    const message = `Cannot reach repository "${remote.url}": the name "${host}" cannot be resolved (DNS: ${code}). Check the URL, and the name servers of this installation.`
    throw new AppError('UPSTREAM_GIT', message, { retry: 'backoff', cause: error, stage: 'DNS' })
  } finally {
    clearTimeout(timer)
  }
}

async function systemLookup(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}
