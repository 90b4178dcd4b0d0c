import { describe, expect, it } from 'vitest'
import { refuseAddress } from './permitted-address.js'

describe('R-34: refuseAddress()', () => {
  it.each([
    '169.254.169.254',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    'fe80::1',
    'ff02::1',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
  ])('never permits %s', (address) => {
    expect(refuseAddress(address, 'allow')).toContain('not an address a cluster can have')
  })

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '::1',
    'fd12::1',
    '::ffff:127.0.0.1',
  ])('permits %s only where private addresses are', (address) => {
    expect(refuseAddress(address, 'allow')).toBeUndefined()
    expect(refuseAddress(address, 'refuse')).toContain('private address')
  })

  it.each(['8.8.8.8', '2001:4860:4860::8888', '172.32.0.1'])('permits %s', (address) => {
    expect(refuseAddress(address, 'refuse')).toBeUndefined()
  })
})
