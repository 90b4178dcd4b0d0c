import { describe, expect, it } from 'vitest'
import { toUnreachable } from './connect-failure.js'

const subject = { clusterId: 'c', action: 'read /version', write: false, secret: false }

describe('toUnreachable()', () => {
  it.each([
    ['ERR_REFUSED_ADDRESS', 'ADDRESS'],
    ['ENOTFOUND', 'DNS'],
    ['ECONNREFUSED', 'TCP'],
    ['UND_ERR_CONNECT_TIMEOUT', 'TCP'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'TLS'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'TLS'],
    ['UND_ERR_HEADERS_TIMEOUT', 'SERVER'],
    ['ECONNRESET', 'TCP'],
  ])('%s failed at %s, also beneath other errors', (code, stage) => {
    const error = Object.assign(new Error('it failed'), { code })
    expect(toUnreachable(error, subject).stage).toBe(stage)
    expect(toUnreachable(new Error('outer', { cause: new AggregateError([error]) }), subject).stage).toBe(
      stage,
    )
  })
})
