import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../src/base/app-error.js'
import { silentLogger } from '../../src/base/logger.js'
import { LoginLimiter } from '../../src/login/login-limiter.js'
import { newAdmin } from '../../src/login/new-admin.js'
import { PasswordHasher } from '../../src/login/password-hasher.js'
import { VerifyPassword } from '../../src/login/verify-password.js'
import { aRecord } from '../../src/store/contract-fixtures.js'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/store/postgres/embedded-postgres.js'
import { runMigrations } from '../../src/store/postgres/run-migrations.js'
import { openMemoryStores } from '../../src/store/memory/open-memory-stores.js'
import { openStores } from '../../src/store/prisma/open-stores.js'
import type { Stores } from '../../src/store/stores.js'
import { openFixture } from '../integration/api/gateway-fixture.js'

const RIGHT = 'the right password'
const clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** Counts how many passwords were looked at, and costs nothing. */
class CountingHasher extends PasswordHasher {
  looked = 0

  async hash(password: string): Promise<string> {
    return `hash of ${password}`
  }

  async verify(hash: string, password: string): Promise<boolean> {
    this.looked += 1
    return hash === `hash of ${password}`
  }

  isCurrent(): boolean {
    return true
  }
}

let dir: string
let database: EmbeddedPostgres
let stores: Stores

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lockstep-limits-'))
  database = await startEmbeddedPostgres({ dir, logger: silentLogger })
  await runMigrations(database.connectionString, { logger: silentLogger })
  stores = openStores({ connectionString: database.connectionString, logger: silentLogger })
  await addAdmin(stores)
})
afterAll(async () => {
  await stores.close()
  await database.stop()
  await rm(dir, { recursive: true, force: true })
})

async function addAdmin({ accounts }: Stores): Promise<void> {
  const admin = { ...newAdmin('a1', new Date().toISOString()), passwordHash: `hash of ${RIGHT}` }
  await accounts.createUser(admin, aRecord('seed'))
}

function gatewayOn(on: Stores, hasher: PasswordHasher): VerifyPassword {
  const limiter = new LoginLimiter(on.loginAttempts, clock)
  return new VerifyPassword({ accounts: on.accounts, audit: on.audit, hasher, limiter, refusalMs: 0 })
}

/** The code of the refusal, or `in`. */
async function attempt(gateway: VerifyPassword, source: string, password: string): Promise<string> {
  try {
    await gateway.run({ username: 'admin', password, source })
    return 'in'
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

const addressOf = (number: number): string => `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`

describe('limits on logins', () => {
  it.each([
    [1, 5],
    [100, 125],
    [1_000, 1_000],
  ])('A-03 of 1,000 wrong passwords from %i sources at most %i are looked at', async (sources, most) => {
    const memory = openMemoryStores()
    await addAdmin(memory)
    const hasher = new CountingHasher()
    const gateway = gatewayOn(memory, hasher)
    const codes = new Set<string>()
    for (let number = 0; number < 1_000; number += 1) {
      codes.add(await attempt(gateway, addressOf(number % sources), 'wrong'))
    }
    expect(hasher.looked).toBeLessThanOrEqual(most)
    expect([...codes].filter((code) => code !== 'UNAUTHENTICATED' && code !== 'RATE_LIMITED')).toEqual([])
    // Who knows the password is out where the guesses came from, and in from anywhere else.
    expect(await attempt(gateway, addressOf(0), RIGHT)).toBe('RATE_LIMITED')
    expect(await attempt(gateway, '192.0.2.1', RIGHT)).toBe('in')
    const locks = (await memory.audit.list(5_000)).filter(({ action }) => action === 'lock-log-in')
    expect(locks.length).toBeGreaterThanOrEqual(1)
    expect(locks.length).toBeLessThanOrEqual(sources + 1)
  })

  it('A-42 100,000 other names make nobody forget the failures of admin, and fill no memory', async () => {
    const memory = openMemoryStores()
    await addAdmin(memory)
    const limiter = new LoginLimiter(memory.loginAttempts, clock)
    for (let round = 0; round < 6; round += 1) await limiter.enter({ username: 'admin', source: '10.0.0.1' })
    for (let number = 0; number < 100_000; number += 1) {
      await limiter.enter({ username: `user-${number}`, source: addressOf(1_000 + number) })
    }
    const { waitSeconds } = await limiter.enter({ username: 'admin', source: '10.0.0.1' })
    expect(waitSeconds).toBeGreaterThan(0)
    const memories = Object.values(limiter).filter((value) => value instanceof Map)
    expect(memories.length).toBeGreaterThan(0)
    for (const one of memories) expect(one.size).toBeLessThanOrEqual(10_000)
  })

  it('A-43 of 500 wrong passwords at the same moment over three gateways five are looked at', async () => {
    const hasher = new CountingHasher()
    const gateways = [1, 2, 3].map(() => gatewayOn(stores, hasher))
    const codes = await Promise.all(
      Array.from({ length: 500 }, (_, number) => {
        const gateway = gateways[number % 3]
        if (gateway === undefined) throw new Error('no gateway')
        return attempt(gateway, '10.1.1.1', 'wrong')
      }),
    )
    expect(hasher.looked).toBeLessThanOrEqual(5)
    expect(codes.filter((code) => code === 'UNAUTHENTICATED')).toHaveLength(hasher.looked)
    expect(await attempt(gatewayOn(stores, hasher), '10.1.1.1', RIGHT)).toBe('RATE_LIMITED')
    expect(await attempt(gatewayOn(stores, hasher), '10.1.1.2', RIGHT)).toBe('in')
  })

  it('C-34 a dump of the database holds hashes of tokens only, with an end and a checksum in the token', async () => {
    const { accounts } = stores
    const { newSecretToken, hashToken, canBeToken, API_TOKEN_PREFIX } =
      await import('../../src/login/secret-token.js')
    const token = newSecretToken(API_TOKEN_PREFIX)
    const times = {
      createdAt: new Date().toISOString(),
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    }
    const credential = {
      id: 'c1',
      kind: 'token',
      userId: 'a1',
      tokenHash: hashToken(token),
      ...times,
    } as const
    await accounts.createCredential(credential, aRecord('seed'))
    const client = new pg.Client({ connectionString: database.connectionString })
    await client.connect()
    const { rows } = await client.query('SELECT * FROM credentials')
    const open = client.query("UPDATE credentials SET expires_at = NULL WHERE id = 'c1'")
    await expect(open).rejects.toThrow(/null value/)
    await client.end()
    expect(JSON.stringify(rows)).not.toContain(token.slice(API_TOKEN_PREFIX.length, 20))
    expect(rows[0]?.token_hash).toMatch(/^[0-9a-f]{64}$/)
    expect(canBeToken(token)).toBe(true)
    expect(canBeToken(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).toBe(false)
  })
})

describe('a login that is known to be closed', () => {
  const DOCUMENT = 'mutation($input: LoginInput!) { login(input: $input) { token } }'
  const wrong = { variables: { input: { username: 'admin', password: 'wrong' } } }
  const inner = (answer: { readonly text: string }): unknown => {
    const { data, errors } = JSON.parse(answer.text)
    return {
      data,
      message: errors[0].message.replace(/\d+/, 'N'),
      path: errors[0].path,
      more: errors[0].extensions,
    }
  }

  it('A-42 is refused at the door in the words of the login itself, and nothing else is', async () => {
    const gateway = await openFixture()
    await gateway.signIn()
    const elsewhere = { ...wrong, headers: { 'x-forwarded-for': '10.9.9.9' } }
    for (let round = 0; round < 5; round += 1) await gateway.ask(DOCUMENT, elsewhere)
    const byLogin = await gateway.ask(DOCUMENT, elsewhere)
    const atTheDoor = await gateway.ask(DOCUMENT, elsewhere)
    expect([byLogin.headers.get('retry-after'), atTheDoor.headers.get('retry-after')]).toEqual([
      null,
      expect.stringMatching(/^\d+$/),
    ])
    expect(inner(atTheDoor)).toEqual(inner(byLogin))
    expect(atTheDoor.status).toBe(byLogin.status)
    const other = await gateway.ask(DOCUMENT, { ...wrong, headers: { 'x-forwarded-for': '10.9.9.8' } })
    expect(other.text).toContain('UNAUTHENTICATED')
    expect((await gateway.ask('{ viewer { username } }', { headers: elsewhere.headers })).text).not.toContain(
      'RATE',
    )
    await gateway.close()
  })

  it('A-42 someone who signed in there before gets in while others fail there', async () => {
    const memory = openMemoryStores()
    await addAdmin(memory)
    const gateway = gatewayOn(memory, new CountingHasher())
    expect(await attempt(gateway, '10.3.3.3', RIGHT)).toBe('in')
    for (let number = 0; number < 40; number += 1) {
      const other = { username: `other-${number}`, password: 'wrong', source: '10.3.3.3' }
      await gateway.run(other).catch(() => undefined)
    }
    expect(await attempt(gateway, '10.3.3.3', RIGHT)).toBe('in')
  })
})

describe('what a login tells', () => {
  it('A-05 an unknown account looks and takes as long as a known one, also one with an imported hash', async () => {
    const gateway = await openFixture()
    await gateway.signIn()
    const hash = '$2a$10$k/4PkUAARZ1zN43scPHimOalicnp1GViaw.zXugC4fn1R.XyM1Fyy'
    const imported = { ...newAdmin('i1', new Date().toISOString()), username: 'imported', passwordHash: hash }
    await gateway.stores.accounts.createUser(imported, aRecord('seed'))
    const took: Record<string, number[]> = { admin: [], imported: [], nobody: [] }
    const bodies = new Set<string>()
    for (let round = 0; round < 40; round += 1) {
      for (const [place, name] of ['admin', 'imported', 'nobody'].entries()) {
        const begin = performance.now()
        const answer = await gateway.ask(
          'mutation($input: LoginInput!) { login(input: $input) { token userErrors { code } } }',
          {
            variables: {
              input: { username: name === 'nobody' ? `nobody${round}` : name, password: 'wrong password' },
            },
            headers: { 'x-forwarded-for': `10.${place}.3.${round}` },
          },
        )
        took[name]?.push(performance.now() - begin)
        bodies.add(`${answer.status} ${answer.text} ${answer.headers.get('set-cookie')}`)
      }
    }
    expect(bodies.size).toBe(1)
    for (const known of ['admin', 'imported']) {
      const [one, other] = [took[known] ?? [], took['nobody'] ?? []]
      expect(Math.abs(median(one) - median(other)), known).toBeLessThan(5)
      expect(largestGap(one, other), known).toBeLessThan(2.22 * Math.sqrt(2 / 40))
    }
    await gateway.close()
  })
})

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}

/** The statistic of Kolmogorov and Smirnov: beyond 2.22·√(2/n) two samples differ with p < 0.0001. */
function largestGap(one: readonly number[], other: readonly number[]): number {
  const share = (values: readonly number[], limit: number): number =>
    values.filter((value) => value <= limit).length / values.length
  return Math.max(...[...one, ...other].map((limit) => Math.abs(share(one, limit) - share(other, limit))))
}
