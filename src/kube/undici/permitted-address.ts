import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Addresses that are never a cluster: unspecified, link-local with the cloud metadata endpoints, multicast. */
const never = new BlockList()
never.addSubnet('0.0.0.0', 8, 'ipv4')
never.addSubnet('169.254.0.0', 16, 'ipv4')
never.addSubnet('224.0.0.0', 3, 'ipv4')
never.addAddress('::', 'ipv6')
never.addSubnet('fe80::', 10, 'ipv6')
never.addSubnet('ff00::', 8, 'ipv6')
never.addAddress('fd00:ec2::254', 'ipv6')
never.addAddress('100.100.100.200', 'ipv4')

const internal = new BlockList()
internal.addSubnet('10.0.0.0', 8, 'ipv4')
internal.addSubnet('100.64.0.0', 10, 'ipv4')
internal.addSubnet('127.0.0.0', 8, 'ipv4')
internal.addSubnet('172.16.0.0', 12, 'ipv4')
internal.addSubnet('192.168.0.0', 16, 'ipv4')
internal.addAddress('::1', 'ipv6')
internal.addSubnet('fc00::', 7, 'ipv6')

export type PrivateAddresses = 'allow' | 'refuse'

/** Thrown at connect time; the code is what error texts are chosen by. */
export class RefusedAddress extends Error {
  readonly code = 'ERR_REFUSED_ADDRESS'
}

/** Why this address may not be connected to, or undefined. IPv4 inside IPv6 is judged as IPv4. */
export function refuseAddress(address: string, privateAddresses: PrivateAddresses): string | undefined {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  if (never.check(address, family)) return `${address} is not an address a cluster can have`
  if (privateAddresses === 'refuse' && internal.check(address, family))
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
