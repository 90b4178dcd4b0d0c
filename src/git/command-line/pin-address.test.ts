import { describe, expect, it } from 'vitest'
import { pinAddress, type PrivateAddresses } from './pin-address.js'

function pinned(url: string, addresses: readonly string[], privateAddresses: PrivateAddresses = 'refuse') {
  const options = { privateAddresses, timeoutMs: 50, resolve: async () => addresses }
  return pinAddress({ url, insecureTls: false }, options)
}

describe('R-34: pinAddress()', () => {
  it.each([
    'http://169.254.169.254/latest',
    'http://0xa9fea9fe/x',
    'http://2852039166/x',
    'http://[::ffff:169.254.169.254]/x',
    'http://[fe80::1]/x',
  ])('never permits %s', async (url) => {
    await expect(pinned(url, [], 'allow')).rejects.toMatchObject({ code: 'BAD_USER_INPUT', retry: 'never' })
  })

  it.each(['http://127.0.0.1/x', 'http://[::1]/x', 'http://10.0.0.1:6379/x'])(
    'permits %s only where private addresses are',
    async (url) => {
      await expect(pinned(url, [], 'refuse')).rejects.toThrow(/private address.*network\.privateAddresses/)
      expect(await pinned(url, [], 'allow')).toMatchObject({ url })
    },
  )

  it('judges each address of a name, and hands Git those', async () => {
    const url = 'https://git.example.com/x'
    await expect(pinned(url, ['8.8.8.8', '169.254.169.254'], 'allow')).rejects.toThrow(/metadata/)
    expect((await pinned(url, ['8.8.8.8', '2001:db8::1'])).pinned).toBe(
      'git.example.com:443:8.8.8.8,[2001:db8::1]',
    )
    expect((await pinned('http://git.example.com:8080/x', ['8.8.8.8'])).pinned).toBe(
      'git.example.com:8080:8.8.8.8',
    )
  })

  it('says that a name cannot be resolved, also when nobody answers', async () => {
    const remote = { url: 'https://nowhere.example/x', insecureTls: false }
    const failing = async (): Promise<never> => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })
    }
    const options = { privateAddresses: 'allow' as const, timeoutMs: 20 }
    await expect(pinAddress(remote, { ...options, resolve: failing })).rejects.toMatchObject({
      code: 'UPSTREAM_GIT',
      retry: 'backoff',
      message: expect.stringMatching(/"nowhere\.example" cannot be resolved \(DNS: ENOTFOUND\)/) as unknown,
    })
    const silent = (): Promise<never> => new Promise(() => undefined)
    await expect(pinAddress(remote, { ...options, resolve: silent })).rejects.toThrow(/no answer in time/)
  })
})
