import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeAddress } from './judge-address.js'

describe('R-34: judgeAddress()', () => {
  it.each([
    '169.254.169.254',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '100.100.100.200',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '64:ff9b::169.254.169.254',
    'no address',
    '1.2.3',
    '1:2:3:4:5:6:7',
    '::1::',
  ])('never permits %s', (address) => {
    expect(judgeAddress(address)).toBe('never')
  })

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '::1',
    '0:0:0:0:0:0:0:1',
    'fd12::1',
    '::ffff:127.0.0.1',
  ])('knows %s as private', (address) => {
    expect(judgeAddress(address)).toBe('private')
  })

  it.each(['8.8.8.8', '2001:4860:4860::8888', '172.32.0.1', '::ffff:8.8.8.8'])(
    'knows %s as public',
    (address) => {
      expect(judgeAddress(address)).toBe('public')
    },
  )

  it('judges IPv4 alike in each way of writing it', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(judgeAddress(`::ffff:${address}`)).toBe(judgeAddress(address))
      }),
    )
  })
})
