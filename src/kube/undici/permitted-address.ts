import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { judgeAddress } from '../../engine/address/judge-address.js'

export type PrivateAddresses = 'allow' | 'refuse'

/** Thrown at connect time; the code is what error texts are chosen by. */
export class RefusedAddress extends Error {
  readonly code = 'ERR_REFUSED_ADDRESS'
}

/** Why this address may not be connected to, or undefined. IPv4 inside IPv6 is judged as IPv4. */
export function refuseAddress(address: string, privateAddresses: PrivateAddresses): string | undefined {
  const kind = judgeAddress(address)
  if (kind === 'never') return `${address} is not an address a cluster can have`
  if (privateAddresses === 'refuse' && kind === 'private')
    return `${address} is a private address, and this installation does not permit private addresses`
  return undefined
}

/** A name lookup that judges the address that will be used, so a name that changes its mind cannot slip by. */
export function guardedLookup(privateAddresses: PrivateAddresses): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0)
      const reason = addresses.map((entry) => refuseAddress(entry.address, privateAddresses)).find(Boolean)
      if (reason !== undefined) return callback(new RefusedAddress(reason), '', 0)
      const [first] = addresses
      if (options.all === true) return callback(null, addresses)
      return callback(null, first?.address ?? '', first?.family ?? 4)
    })
  }
}
