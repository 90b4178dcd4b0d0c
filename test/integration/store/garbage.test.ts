import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import type { Operation } from '../../../src/engine/sync/operation.js'
import {
  aDesired,
  aManagedObject,
  anApplication,
  anOperation,
  aRecord,
} from '../../../src/store/contract-fixtures.js'
import type { Retention } from '../../../src/store/garbage-store.js'
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../../src/store/postgres/embedded-postgres.js'
import { runMigrations } from '../../../src/store/postgres/run-migrations.js'
import { openStores } from '../../../src/store/prisma/open-stores.js'
import type { Stores } from '../../../src/store/stores.js'
import { GarbageCollector } from '../../../src/worker/garbage-collector.js'

const RETENTION: Retention = {
  operations: 90,
  deployments: 90,
  deploymentsKept: 3,
  renders: 3,
  outbox: 1,
  webhookDeliveries: 7,
  credentials: 30,
  fieldSets: 7,
}
const RECORD = aRecord('seed')

let dir: string
let database: EmbeddedPostgres
let stores: Stores
let client: pg.Client

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lockstep-garbage-'))
  database = await startEmbeddedPostgres({ dir, logger: silentLogger })
  await runMigrations(database.connectionString, { logger: silentLogger })
  stores = openStores({ connectionString: database.connectionString, logger: silentLogger })
  client = new pg.Client({ connectionString: database.connectionString })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await stores.close()
  await database.stop()
  await rm(dir, { recursive: true, force: true })
})
beforeEach(async () => {
  await client.query(
    'TRUNCATE applications, operations, deployments, renders, outbox, webhook_deliveries, field_sets CASCADE',
  )
})

/** Small batches, so that a round takes several. */
function collector(batch = 2): GarbageCollector {
  if (stores.garbage === undefined) throw new Error('no garbage store')
  return new GarbageCollector({ garbage: stores.garbage, retention: RETENTION, logger: silentLogger, batch })
}

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString()
}

async function names(sql: string): Promise<readonly string[]> {
  return (await client.query<{ name: string }>(sql)).rows.map(({ name }) => name)
}

async function finished(id: string, applicationId: string, days: number): Promise<Operation> {
  const operation = anOperation(applicationId, { id, startedAt: daysAgo(days) })
  await stores.operations.start(operation, RECORD)
  const step = { operationId: id, sequence: 1, kind: 'finished', content: {} } as const
  const end: Operation = { ...operation, phase: 'Succeeded', finishedAt: daysAgo(days) }
  await stores.operations.finish(end, RECORD, { steps: [step] })
  return end
}

async function deployed(id: string, applicationId: string, days: number): Promise<void> {
  const values = [id, applicationId, JSON.stringify([`render-${id}`]), daysAgo(days)]
  await client.query(
    `INSERT INTO deployments (id, application_id, revisions, render_keys, operation_id, initiated_by, deployed_at)
     VALUES ($1, $2, '[]', $3, 'o', 'alice', $4)`,
    values,
  )
  await rendered(`render-${id}`, days)
}

async function rendered(key: string, days: number): Promise<void> {
  await client.query('INSERT INTO renders (key, sealed, created_at) VALUES ($1, $2, $3)', [
    key,
    Buffer.from('x'),
    daysAgo(days),
  ])
}

describe('the garbage collector', () => {
  it('keeps what runs, what is young and the newest operation of each application', async () => {
    const application = anApplication({ id: 'living' })
    await stores.applications.create(application, RECORD)
    await stores.operations.start(anOperation('running', { id: 'runs', startedAt: daysAgo(200) }), RECORD)
    for (const days of [400, 300, 200, 100]) await finished(`living-${days}`, 'living', days)
    for (const days of [400, 100, 80]) await finished(`gone-${days}`, 'gone', days)
    await collector().run()
    expect(await names('SELECT id AS name FROM operations ORDER BY id')).toEqual([
      'gone-80',
      'living-100',
      'runs',
    ])
    expect(await names('SELECT operation_id AS name FROM operation_steps ORDER BY 1')).toEqual([
      'gone-80',
      'living-100',
    ])
  })

  it('keeps sessions and tokens that live, and those that ended lately', async () => {
    const user = { id: 'u1', username: 'bob', disabled: false, capabilities: [], createdAt: daysAgo(99) }
    await stores.accounts.createUser(user, RECORD)
    const made = { kind: 'token', userId: 'u1', createdAt: daysAgo(99) } as const
    for (const [id, end] of Object.entries({ lives: -9, ended: 29, old: 31, older: 60, oldest: 90 })) {
      const credential = { ...made, id, tokenHash: `hash-${id}`, expiresAt: daysAgo(end) }
      await stores.accounts.createCredential(credential, RECORD)
    }
    await client.query("UPDATE credentials SET revoked_at = now() - interval '40 days' WHERE id = 'lives'")
    await collector().run()
    expect(await names('SELECT id AS name FROM credentials ORDER BY id')).toEqual(['ended'])
  })

  it('keeps the newest deployments of each application, and the renders of all that is kept', async () => {
    const application = anApplication({ id: 'living' })
    await stores.applications.create(application, RECORD)
    for (const [at, days] of [500, 400, 300, 200, 100].entries()) await deployed(`d${at}`, 'living', days)
    await deployed('of-gone', 'gone', 100)
    await deployed('of-gone-young', 'gone', 10)
    await rendered('desired', 500)
    await rendered('nobody', 5)
    await rendered('young', 2)
    await stores.applications.saveDesired([aDesired('living', { renderKeys: ['desired'] })])
    await collector().run()
    expect(await names('SELECT id AS name FROM deployments ORDER BY id')).toEqual([
      'd2',
      'd3',
      'd4',
      'of-gone-young',
    ])
    expect(await names('SELECT key AS name FROM renders ORDER BY key')).toEqual([
      'desired',
      'render-d2',
      'render-d3',
      'render-d4',
      'render-of-gone-young',
      'young',
    ])
  })

  it('makes a render young that is about to be referred to', async () => {
    await rendered('reverted-to', 500)
    expect(await stores.renders.has(['reverted-to', 'absent'])).toEqual(new Set(['reverted-to']))
    await collector().run()
    expect(await names('SELECT key AS name FROM renders')).toEqual(['reverted-to'])
  })

  it('deletes old doorbells and deliveries', async () => {
    await client.query(`INSERT INTO outbox (kind, key, created_at) VALUES ('application', 'old', $1)`, [
      daysAgo(2),
    ])
    await client.query(`INSERT INTO outbox (kind, key) VALUES ('application', 'new')`)
    for (const days of [8, 6]) await stores.settings.firstDelivery(`delivery-${days}`, daysAgo(days))
    await collector().run()
    expect(await names('SELECT key AS name FROM outbox')).toEqual(['new'])
    expect(await names('SELECT id AS name FROM webhook_deliveries')).toEqual(['delivery-6'])
  })

  it('deletes field sets that nothing refers to for days, not one that is stored again', async () => {
    await stores.applications.create(anApplication({ id: 'living' }), RECORD)
    await stores.applications.saveFieldSets(
      new Map(['used', 'unused', 'stored-again'].map((id) => [id, `1:{"${id}":1}`])),
    )
    await stores.applications.saveManaged([aManagedObject('living', { fieldSet: 'used' })])
    await collector().run()
    expect(await names('SELECT id AS name FROM field_sets WHERE unused_since IS NULL')).toEqual(['used'])
    await client.query(`UPDATE field_sets SET unused_since = $1 WHERE unused_since IS NOT NULL`, [daysAgo(8)])
    await stores.applications.saveFieldSets(new Map([['stored-again', '1:{"stored-again":1}']]))
    await collector().run()
    expect(await names('SELECT id AS name FROM field_sets ORDER BY id')).toEqual(['stored-again', 'used'])
  })

  it('leaves the work to another process that collects right now', async () => {
    await finished('old', 'gone', 100)
    await client.query('BEGIN; SELECT pg_advisory_xact_lock(7263554102)')
    await collector().run()
    expect(await names('SELECT id AS name FROM operations')).toEqual(['old'])
    await client.query('COMMIT')
    await collector().run()
    expect(await names('SELECT id AS name FROM operations')).toEqual([])
  })
})
