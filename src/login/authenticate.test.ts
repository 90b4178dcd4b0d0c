import { beforeEach, describe, expect, it } from 'vitest'
import type { Grants } from '../engine/access/principal.js'
import { aRecord } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import { Authenticate } from './authenticate.js'
import { API_TOKEN_PREFIX, hashToken, newSecretToken } from './secret-token.js'

const token = newSecretToken(API_TOKEN_PREFIX)

describe('Authenticate.living()', () => {
  let now: number
  let grants: Grants
  let reads: number
  let authenticate: Authenticate

  beforeEach(async () => {
    ;[now, reads, grants] = [0, 0, { rules: [] }]
    const { accounts } = openMemoryStores()
    const createdAt = '2026-01-01T00:00:00.000Z'
    const user = { id: 'u1', username: 'anna', disabled: false, capabilities: ['apiKey' as const], createdAt }
    await accounts.createUser(user, aRecord('create'))
    const credential = {
      id: 'c1',
      kind: 'token' as const,
      userId: 'u1',
      tokenHash: hashToken(token),
      createdAt,
    }
    await accounts.createCredential(
      { ...credential, expiresAt: '2099-01-01T00:00:00.000Z' },
      aRecord('create'),
    )
    authenticate = new Authenticate({
      accounts: {
        credentialByHash: (...asked) => {
          reads += 1
          return accounts.credentialByHash(...asked)
        },
        liveHashes: (...asked) => accounts.liveHashes(...asked),
        touch: (...used) => accounts.touch(...used),
      },
      grantsOf: async () => grants,
      clock: { now: () => Date.parse(createdAt) + now, monotonic: () => now },
      limits: { hours: 24, idleMinutes: 480 },
    })
  })

  it('keeps those known who are alive, with the grants of today', async () => {
    await authenticate.run(token)
    now = 1_900
    grants = { rules: [{ resource: '*', action: '*', object: '*', effect: 'allow' }] }
    expect(await authenticate.living([token, 'another'])).toEqual(new Set([token]))
    now = 4_000
    expect((await authenticate.run(token))?.grants).toBe(grants)
    expect(reads).toBe(1)
    now = 4_500
    await authenticate.run(token)
    expect(reads).toBe(2)
  })

  it('brings nobody back who was forgotten meanwhile, and makes nobody known', async () => {
    await authenticate.living([token])
    expect(reads).toBe(0)
    await authenticate.run(token)
    const asked = authenticate.living([token])
    authenticate.forget()
    await asked
    await authenticate.run(token)
    expect(reads).toBe(2)
  })
})
