import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SealEvents } from '../../../src/audit/seal-events.js'
import { VerifyAudit } from '../../../src/audit/verify-audit.js'
import { silentLogger } from '../../../src/base/logger.js'
import type { AuditFilter } from '../../../src/store/audit-trail.js'
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../../src/store/postgres/embedded-postgres.js'
import { runMigrations } from '../../../src/store/postgres/run-migrations.js'
import { openStores } from '../../../src/store/prisma/open-stores.js'
import { pageStatement } from '../../../src/store/prisma/prisma-audit-trail.js'
import type { Stores } from '../../../src/store/stores.js'

/** AUDIT_ROWS=1000000 measures what docs/operator/audit.md says; AUDIT_EXPLAIN=1 prints the plans. */
const ROWS = Number(process.env['AUDIT_ROWS'] ?? 50_000)
const P95_MS = 200
const REPEATS = 20

let dir: string
let database: EmbeddedPostgres
let stores: Stores
let client: pg.Client

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lockstep-audit-'))
  database = await startEmbeddedPostgres({ dir, logger: silentLogger })
  await runMigrations(database.connectionString, { logger: silentLogger })
  stores = openStores({ connectionString: database.connectionString, logger: silentLogger })
  client = new pg.Client({ connectionString: database.connectionString })
  await client.connect()
  await seed()
}, 600_000)

afterAll(async () => {
  await client.end()
  await stores.close()
  await database.stop()
  await rm(dir, { recursive: true, force: true })
})

/** A year: most events are syncs by the system, few are denials, and each application has its share. */
async function seed(): Promise<void> {
  await client.query(
    `INSERT INTO audit_events (at, actor, action, object, object_id, project, outcome, operation, source, details)
     SELECT now() - (($1::int - n) * interval '30 seconds'),
       CASE WHEN n % 10 < 7 THEN 'system' ELSE 'person-' || n % 300 END,
       (ARRAY['sync-application', 'finish-sync', 'heal-application', 'update-application', 'log-in'])[1 + n % 5],
       'application/argocd/app-' || n % 2000, 'id-' || n % 2000, 'project-' || n % 40,
       CASE WHEN n % 500 = 0 THEN 'DENIED' WHEN n % 50 = 0 THEN 'FAILED' ELSE 'ACCEPTED' END,
       md5(n::text), '192.0.2.' || n % 250,
       jsonb_build_object('objects', jsonb_build_array('apps/Deployment ns-' || n % 500 || '/web-' || n % 2000 || ' configured'))
     FROM generate_series(1, $1::int) n`,
    [ROWS],
  )
  await client.query(`UPDATE audit_events SET details = '{"reason": "needle"}' WHERE id = 17`)
  await client.query('VACUUM (ANALYZE) audit_events')
}

const RECENT = new Date(Date.now() - 86_400_000).toISOString()

const FILTERS: readonly (readonly [string, AuditFilter])[] = [
  ['nothing', {}],
  ['actor', { actor: 'person-7' }],
  ['frequent actor', { actor: 'system' }],
  ['action', { action: 'heal-application' }],
  ['object', { object: 'application/argocd/app-77' }],
  ['project', { project: 'project-7' }],
  ['denials', { outcome: 'DENIED' }],
  ['failures of a project', { outcome: 'FAILED', project: 'project-10' }],
  ['last day', { from: RECENT }],
  ['actor and object', { actor: 'system', object: 'application/argocd/app-77' }],
  ['nothing that fits', { actor: 'person-7', project: 'project-8', outcome: 'DENIED' }],
  ['rare words', { text: 'deployment web-77' }],
  ['words of one event', { text: 'needle' }],
  ['words of none', { text: 'deployment haystack' }],
  ['beginnings of rare words', { text: 'deployment need*' }],
  ['frequent words', { text: 'sync application' }],
  [
    'frequent words in twenty projects',
    { text: 'sync application', visibleProjects: Array.from({ length: 20 }, (_, n) => `project-${n}`) },
  ],
  ['words of an actor', { text: 'heal web-7', actor: 'person-7' }],
  ['what one project shows', { visibleProjects: ['project-3'] }],
  ['what twenty projects show', { visibleProjects: Array.from({ length: 20 }, (_, n) => `project-${n}`) }],
  [
    'an actor in twenty projects',
    { actor: 'person-7', visibleProjects: Array.from({ length: 20 }, (_, n) => `project-${n}`) },
  ],
]

describe(`the audit trail with ${ROWS} events`, () => {
  it.each(FILTERS)('answers pages by %s within the limit', async (name, filter) => {
    if (process.env['AUDIT_EXPLAIN'] !== undefined) await explain(name, filter)
    const times: number[] = []
    let after: { readonly at: string; readonly id: string } | undefined
    for (let n = 0; n < REPEATS; n += 1) {
      const started = performance.now()
      const page = await stores.auditTrail.page(filter, { first: 51, ...(after && { after }) })
      times.push(performance.now() - started)
      after = page.at(-1)
    }
    const sorted = times.toSorted((a, b) => a - b)
    const p95 = sorted[Math.floor(REPEATS * 0.95)] ?? 0
    process.stdout.write(`${name}: p50 ${sorted[REPEATS / 2]?.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms\n`)
    expect(p95).toBeLessThanOrEqual(P95_MS)
  })

  it('is sealed and verified whole; a changed, a removed and an inserted row are named', async () => {
    const hash = (text: string): string => createHmac('sha256', 'installation').update(text).digest('hex')
    const seal = new SealEvents({ chain: stores.auditChain, hash, batch: 5_000 })
    const began = performance.now()
    while ((await seal.run()).more);
    const sealed = performance.now()
    const verify = new VerifyAudit(stores.auditChain, hash)
    expect(await faultsOf(verify)).toEqual([])
    const verified = performance.now()
    const perSecond = (ms: number): string => `${Math.round((ROWS / ms) * 1000)} events/s`
    process.stdout.write(`sealed ${perSecond(sealed - began)}, verified ${perSecond(verified - sealed)}\n`)
    await client.query(`UPDATE audit_events SET actor = 'x' WHERE id = 100`)
    await client.query('DELETE FROM audit_events WHERE id = 200')
    await client.query(`DELETE FROM audit_links WHERE event_id = 300`)
    expect(await faultsOf(verify)).toEqual([
      'changed 100',
      'removed 200',
      `removed ${undefined}`,
      'inserted 300',
    ])
  }, 600_000)
})

async function faultsOf(verify: VerifyAudit): Promise<readonly string[]> {
  const faults: string[] = []
  let after: number | undefined
  for (;;) {
    const { findings, next } = await verify.prove(after === undefined ? {} : { after })
    faults.push(...findings.map(({ fault, eventId }) => `${fault} ${eventId}`))
    if (next === undefined) return faults
    after = next
  }
}

async function explain(name: string, filter: AuditFilter): Promise<void> {
  const { text, values } = pageStatement(filter, {
    first: 51,
    after: undefined,
    isRare: filter.text !== 'sync application' && filter.text !== 'deployment web-77',
  })
  await client.query('SET plan_cache_mode = force_generic_plan')
  const { rows } = await client.query(`EXPLAIN (ANALYZE, BUFFERS) ${text}`, [...values])
  process.stdout.write(`${name}\n${rows.map((row) => Object.values(row)[0]).join('\n')}\n`)
}
