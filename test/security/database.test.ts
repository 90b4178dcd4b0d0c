import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLogger } from '../../src/base/logger.js'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/store/postgres/embedded-postgres.js'
import { runMigrations } from '../../src/store/postgres/run-migrations.js'
import { openStores } from '../../src/store/prisma/open-stores.js'
import type { Stores } from '../../src/store/stores.js'
import { openFixture, type Answer, type Fixture } from '../integration/api/gateway-fixture.js'
import { callOf } from './crawl/call-of.js'
import { GIVEN } from './crawl/given.js'
import { schemaAndRoots } from './crawl/root-fields.js'

const CONNECTIONS = 6

let dir: string
let database: EmbeddedPostgres
let stores: Stores
let gateway: Fixture
let admin: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lockstep-security-'))
  database = await startEmbeddedPostgres({ dir, logger: silentLogger })
  const { connectionString } = database
  await runMigrations(connectionString, { logger: silentLogger })
  stores = openStores({ connectionString, logger: silentLogger, maxConnections: CONNECTIONS })
  gateway = await openFixture({ stores })
  admin = await gateway.signIn()
})
afterAll(async () => {
  await gateway.close()
  await stores.close()
  await database.stop()
  await rm(dir, { recursive: true, force: true })
})

/** Arguments with this in the place of each text but those of enums. */
function poisoned(value: unknown, text: string): unknown {
  if (typeof value === 'string') return /^[A-Z_]+$/.test(value) ? value : text
  if (Array.isArray(value)) return value.map((item) => poisoned(item, text))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, poisoned(inner, text)]))
}

describe('the API on a real database', () => {
  it.each([
    ['a NUL', 'a\u0000b'],
    ['half a character', 'a\ud800b'],
    ['a text of 200,000 characters', 'x'.repeat(200_000)],
    ['a text of signs', `'";--\\%_$1 {{x}} \u202e\u2028`],
    ['a year of 999999', '+999999-01-01T00:00:00Z'],
    ['nothing', ''],
  ])('G-06 %s in the place of each text is refused or stored, and breaks nothing', async (_name, text) => {
    const { roots } = await schemaAndRoots()
    const broken: string[] = []
    for (const root of roots.filter(
      ({ kind, key }) => kind !== 'subscription' && key !== 'Mutation.logout',
    )) {
      const given = GIVEN[root.key]?.({ operation: 'none', round: 1 }) ?? {}
      const { document, variables } = callOf(
        root.kind,
        root.field,
        poisoned(given, text) as Record<string, unknown>,
      )
      const answer = await gateway.ask(document, { token: admin, variables })
      const isWrong = answer.status >= 500 || answer.text.includes('"INTERNAL"')
      if (isWrong) broken.push(`${root.key}: ${answer.text.slice(0, 300)}`)
      // Some of them end the session that asks.
      if (answer.text.includes('UNAUTHENTICATED')) admin = await signInAgain()
    }
    expect(broken).toEqual([])
  })

  it('A-54 200 changes of one repository at once: each that succeeded is in the audit once, and the last one counts', async () => {
    const url = 'https://git.test/raced'
    const change = (mutation: string, input: object): Promise<Answer> =>
      gateway.ask(
        `mutation($input: ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!) { ${mutation}(input: $input) { userErrors { code } } }`,
        { token: admin, variables: { input } },
      )
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, at) =>
        at % 2 === 0
          ? change('addRepository', { url, username: 'robot', password: `secret-${at}`, skipCheck: true })
          : change('removeRepository', { url }),
      ),
    )
    const count = (field: string): number =>
      answers.filter((answer) => answer.data?.[field]?.userErrors.length === 0).length
    const [added, removed] = [count('addRepository'), count('removeRepository')]
    expect(answers.filter(({ text }) => text.includes('INTERNAL'))).toEqual([])
    expect(added).toBeGreaterThan(0)
    const events = await stores.audit.list(1_000)
    const written = (action: string): number =>
      events.filter((event) => event.action === action && event.object === `repository/${url}`).length
    expect([written('add-repository'), written('remove-repository')]).toEqual([added, removed])
    const left = (await stores.repositories.list()).filter((one) => one.url === url)
    expect(left).toHaveLength(added - removed)
  })

  it('G-10 1,000 requests at once take no more connections than they may, and each is answered rightly', async () => {
    const client = new pg.Client({ connectionString: database.connectionString })
    await client.connect()
    let most = 0
    const state = { isOver: false }
    const watch = (async () => {
      while (!state.isOver) {
        const { rows } = await client.query<{ n: number }>(
          'SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database()',
        )
        most = Math.max(most, rows[0]?.n ?? 0)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })()
    const query = '{ applications(first: 5) { nodes { name } } repositories { url } projects { name } }'
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, () => gateway.ask(query, { token: admin }).catch(() => undefined)),
    )
    state.isOver = true
    await watch
    await client.end()
    // This very process is the client of all of them, and may fail to connect so often at once.
    const answered = answers.filter((answer) => answer !== undefined)
    expect(answered.length).toBeGreaterThan(900)
    expect(answered.filter(({ errors }) => errors.length > 0)).toEqual([])
    expect((await gateway.ask(query, { token: admin })).errors).toEqual([])
    // Two pools of the stores, and the one that counts.
    expect(most).toBeLessThanOrEqual(2 * CONNECTIONS + 1)
  })
})

async function signInAgain(): Promise<string> {
  const answer = await gateway.ask(
    'mutation { login(input: { username: "admin", password: "canary-admin-password", bearer: true }) { token } }',
  )
  return answer.data?.login?.token ?? admin
}
