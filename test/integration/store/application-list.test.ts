import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ListApplications } from '../../../src/applications/list-applications.js'
import { silentLogger } from '../../../src/base/logger.js'
import { SYSTEM_PRINCIPAL } from '../../../src/engine/access/principal.js'
import { aRecord } from '../../../src/store/contract-fixtures.js'
import { aPlace, observe, seed, type Place } from '../../../src/store/list-fixtures.js'
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../../src/store/postgres/embedded-postgres.js'
import { runMigrations } from '../../../src/store/postgres/run-migrations.js'
import { openStores } from '../../../src/store/prisma/open-stores.js'
import type { Stores } from '../../../src/store/stores.js'

const APPLICATIONS = 10_000

let dir: string
let database: EmbeddedPostgres
let stores: Stores
let place: Place
let client: pg.Client

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lockstep-list-'))
  database = await startEmbeddedPostgres({ dir, logger: silentLogger })
  await runMigrations(database.connectionString, { logger: silentLogger })
  stores = openStores({ connectionString: database.connectionString, logger: silentLogger })
  client = new pg.Client({ connectionString: database.connectionString })
  await client.connect()
  place = await aPlace(stores)
  await observe(stores, place)
  const { id } = await seed(stores, place, { change: { id: 'model', name: 'app-model' } })
  await copyRows(id)
})

afterAll(async () => {
  await client.end()
  await stores.close()
  await database.stop()
  await rm(dir, { recursive: true, force: true })
})

/** One application many times over; every hundredth is OutOfSync. */
async function copyRows(model: string): Promise<void> {
  const copies = `generate_series(1, ${APPLICATIONS}) AS n`
  const columns = async (table: string, own: readonly string[]): Promise<string> => {
    const { rows } = await client.query<{ column_name: string }>(
      'SELECT column_name FROM information_schema.columns WHERE table_name = $1',
      [table],
    )
    const rest = rows.map((row) => row.column_name).filter((name) => !own.includes(name))
    // A column that is unique by itself stays empty.
    return rest.filter((name) => name !== 'idempotency_key').join(', ')
  }
  const applications = await columns('applications', ['id', 'name', 'project', 'search'])
  await client.query(`INSERT INTO applications (id, name, project, search, ${applications})
    SELECT 'id-' || n, 'app-' || lpad(n::text, 5, '0'), 'project-' || n % 100,
      'app-' || lpad(n::text, 5, '0') || ' apps/' || md5(n::text), ${applications}
    FROM applications, ${copies} WHERE id = '${model}'`)
  const statuses = await columns('application_status', ['application_id', 'sync'])
  await client.query(`INSERT INTO application_status (application_id, sync, ${statuses})
    SELECT 'id-' || n, CASE WHEN n % 100 = 0 THEN 'OutOfSync' ELSE 'Synced' END, ${statuses}
    FROM application_status, ${copies} WHERE application_id = '${model}'`)
  await client.query('ANALYZE')
}

/** The statements that the work sends, as the driver gets them. */
async function statementsOf(work: () => Promise<unknown>) {
  const query = vi.spyOn(pg.Client.prototype, 'query')
  try {
    await work()
    const sent = query.mock.calls.map(([config]) => config as unknown)
    return sent.filter(
      (config): config is { readonly text: string; readonly values: readonly unknown[] } =>
        typeof config === 'object' && config !== null && 'text' in config,
    )
  } finally {
    query.mockRestore()
  }
}

/** What the plan of a page reads, as text. */
async function planOf(filter: Parameters<Stores['applicationList']['page']>[0]): Promise<string> {
  const [statement] = await statementsOf(() => stores.applicationList.page(filter, { first: 50 }))
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${statement?.text ?? ''}`, [
    ...(statement?.values ?? []),
  ])
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

describe(`a list of ${APPLICATIONS} applications`, () => {
  it('takes one statement for a page, and one more for its operations', async () => {
    const list = new ListApplications(stores.applicationList)
    const page = () => list.run(SYSTEM_PRINCIPAL, { first: 50, filter: { sync: 'OutOfSync' } })
    expect(await statementsOf(page)).toHaveLength(1)
    const { rows, hasNextPage } = await page()
    expect(rows).toHaveLength(50)
    expect(hasNextPage).toBe(true)
    const ids = rows.map(({ application }) => application.id)
    expect(await statementsOf(() => stores.applicationList.newestOperations(ids))).toHaveLength(1)
  })

  it('reads pages by index, whatever is asked', async () => {
    expect(await planOf({})).toContain('applications_name_namespace_key')
    expect(await planOf({ visibleProjects: ['project-7'] })).toMatch(/applications_(project_)?name_namespace/)
    expect(await planOf({ text: 'apps/c4ca4238a0b9' })).toContain('applications_search_idx')
    for (const filter of [{}, { sync: 'OutOfSync' }, { text: 'apps/c4ca4238a0b9' }] as const) {
      expect(await planOf(filter)).not.toContain('Seq Scan on applications')
    }
  })

  it('begins a page anywhere at the cost of the first one', async () => {
    const [statement] = await statementsOf(() =>
      stores.applicationList.page({}, { first: 50, after: { name: 'app-09000', namespace: 'argocd' } }),
    )
    const { rows } = await client.query<{ 'QUERY PLAN': readonly { readonly Plan: Plan }[] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${statement?.text ?? ''}`,
      [...(statement?.values ?? [])],
    )
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan
    expect(mostRows(plan)).toBeLessThanOrEqual(51)
  })

  it('knows all applications at a new head with no row written for them', async () => {
    const rowsOf = async () => {
      const { rows } = await client.query<{ written: string }>(
        `SELECT sum(xmin::text::bigint) AS written FROM (SELECT xmin FROM applications
          UNION ALL SELECT xmin FROM application_status UNION ALL SELECT xmin FROM application_desired) AS all_rows`,
      )
      return rows[0]?.written
    }
    await client.query(`INSERT INTO application_desired (application_id, generation, revisions, render_keys, inputs, updated_at)
      SELECT 'id-' || n, generation, revisions, render_keys, inputs, updated_at
      FROM application_desired, generate_series(1, ${APPLICATIONS}) AS n WHERE application_id = 'model'`)
    const before = await rowsOf()
    const commit = 'e'.repeat(40)
    await stores.repositories.saveHeads(place.repository.id, {
      refs: new Map([['HEAD', commit]]),
      checkedAt: new Date().toISOString(),
    })
    const { rows } = await stores.applicationList.page({}, { first: 100 })
    expect(new Set(rows.flatMap(({ status }) => status?.revisions))).toEqual(new Set([commit]))
    expect(await rowsOf()).toBe(before)
  })

  it('shows and counts all of them as Unknown when their cluster begins anew', async () => {
    await stores.heartbeats.begin(place.cluster.id)
    expect(await stores.applicationList.total({ sync: 'Synced' })).toBe(0)
    expect(await stores.applicationList.total({ sync: 'Unknown' })).toBe(APPLICATIONS + 1)
    await stores.clusters.remove(place.cluster.id, aRecord('remove'))
    expect(await stores.applicationList.total({ health: 'Unknown' })).toBe(APPLICATIONS + 1)
  })
})

interface Plan {
  readonly 'Actual Rows': number
  readonly Plans?: readonly Plan[]
}

function mostRows(plan: Plan | undefined): number {
  if (plan === undefined) return Number.POSITIVE_INFINITY
  return Math.max(plan['Actual Rows'], ...(plan.Plans ?? []).map(mostRows))
}
