import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { addSecurityHeaders } from './security-headers.js'

const SERVER = 'https://lockstep.example'

async function headersOf(publicUrl: string, path: string) {
  const server = Fastify()
  addSecurityHeaders(server, publicUrl)
  server.get('/good', () => 'good')
  server.get('/bad', () => {
    throw new Error('bad')
  })
  const { headers } = await server.inject(path).finally(() => server.close())
  return headers
}

describe('addSecurityHeaders()', () => {
  it.each(['/good', '/bad', '/nothing-here'])('A-13 answers %s with all of them', async (path) => {
    const headers = await headersOf(SERVER, path)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringContaining('max-age='),
      'cross-origin-opener-policy': 'same-origin',
    })
    const policy = String(headers['content-security-policy']).split(';')
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]),
    )
    expect(policy.join()).not.toContain('unsafe')
  })

  it('promises HTTPS only where it is', async () => {
    expect(await headersOf('http://127.0.0.1:8080', '/good')).not.toHaveProperty('strict-transport-security')
  })
})
