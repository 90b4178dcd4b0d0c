import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { FaultClass } from '../fault-class.js'
import type { Trial } from '../trial.js'

const NOT_OURS = 'the Postgres named by LOCKSTEP__DATABASE__URL is not ours to break'
const STATEMENTS = [
  'operation-start',
  'operation-finish',
  'managed-save',
  'status-save',
  'desired-save',
  'renders-put',
]
const POINTS = ['S1:mid', 'S3:mid', 'S6:mid', 'S11:before', 'S11:mid', 'S13:mid', 'S15:before']

/** F-31 … F-40: what can befall Postgres and what is in it. */
export const databaseClasses: readonly FaultClass[] = [
  {
    id: 'F-31',
    title: 'Postgres is restarted in the middle of a sync',
    variants: ['fast', 'immediate'],
    needs: (trial) => (trial.parts.postgres === undefined ? NOT_OURS : undefined),
    strike: async (trial, variant) => {
      const { killer, postgres } = trial.parts
      const point = trial.random.pick(POINTS)
      killer.arm({ point, skip: 0, action: 'tell' })
      await change(trial)
      trial.proven((await killer.reached()) !== undefined && `Postgres was stopped (${variant}) at ${point}`)
      const { pid } = postgres as NonNullable<typeof postgres>
      process.kill(pid, variant === 'fast' ? 'SIGINT' : 'SIGQUIT')
      await expectRefusal(trial)
      await answers(trial)
      trial.ended()
    },
  },
  {
    id: 'F-34',
    title: 'the connection is cut around a statement; whether it was committed is unknown',
    variants: STATEMENTS.flatMap((name) => [`${name} before`, `${name} after`]),
    strike: async (trial, variant) => {
      const [text = '', strike] = variant.split(' ') as [string, 'before' | 'after']
      const { databaseLink } = trial.parts
      databaseLink.trap = { text, strike }
      await trial.change()
      const end = performance.now() + 20_000
      while (databaseLink.felt === 0 && performance.now() < end) await sleep(10)
      trial.proven(databaseLink.felt > 0 && `the connection broke ${strike} ${text} arrived`)
      trial.ended()
    },
  },
  {
    id: 'F-35',
    title: 'Postgres is slow, locked, or breaks off statements',
    variants: ['locks', 'latency', 'terminated', 'cancelled', 'silent'],
    recoverWithinMs: 40_000,
    strike: async (trial, variant) => {
      await trial.change({ announced: variant !== 'locks' })
      await DATABASE_TROUBLES[variant]?.(trial)
      trial.ended()
    },
  },
  {
    id: 'F-36',
    title: 'Postgres refuses every write (25006)',
    variants: ['read-only'],
    strike: async (trial) => {
      const { databaseUrl } = trial.parts
      const name = new URL(databaseUrl).pathname.slice(1)
      await trial.world.rows(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
      await terminate(trial)
      const before = trial.parts.lies.requests.length
      await trial.change()
      const refused = await trial.parts.product.api
        .change('syncApplication', { name: trial.name, prune: true, idempotencyKey: 'refused' })
        .then(() => undefined, String)
      trial.proven(refused !== undefined && `a request was refused: ${refused.slice(0, 120)}`)
      await sleep(3000)
      const { namespace } = trial
      const written = trial.parts.lies.requests
        .slice(before)
        .filter(
          ({ method, path }) =>
            method !== 'GET' && path.includes(`/${namespace}/`) && !path.includes('dryRun=All'),
        )
      if (written.length > 0)
        trial.violated('I-11', `${written.length} writes to the cluster without a record`)
      await withWriter(databaseUrl, (client) =>
        client.query(`ALTER DATABASE ${name} SET default_transaction_read_only = off`),
      )
      await terminate(trial)
      trial.ended()
    },
  },
  {
    id: 'F-40',
    title: 'poison: rows that no program wrote',
    variants: ['doorbell', 'wish', 'status', 'inventory'],
    strike: async (trial, variant) => {
      const poison = POISON[variant]
      if (poison === undefined) throw new Error(`There is no poison ${variant}.`)
      // Another application is poisoned; this one must not feel it.
      const victim = await victimOf(trial)
      trial.atEnd(() => trial.world.rows('DELETE FROM applications WHERE id = $1', [victim]))
      await trial.world.rows(poison, [victim])
      await trial.kill()
      await trial.change()
      trial.proven(`${variant} of another application was poisoned, and the product started on it`)
      trial.ended()
    },
  },
]

const DATABASE_TROUBLES: Readonly<Record<string, (trial: Trial) => Promise<void>>> = {
  locks: async (trial) => {
    await withWriter(trial.parts.databaseUrl, async (client) => {
      await client.query('BEGIN')
      await client.query('LOCK TABLE operations, managed_objects IN ACCESS EXCLUSIVE MODE')
      await trial.announce()
      await sleep(4000)
      const waiting = await client.query(`SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted`)
      trial.proven(Number(waiting.rows[0]?.n) > 0 && `${waiting.rows[0]?.n} statements waited for a lock`)
      await client.query('COMMIT')
    })
  },
  latency: async (trial) => {
    const { databaseLink } = trial.parts
    databaseLink.set({ latencyMs: 300 })
    await sleep(5000)
    trial.proven(databaseLink.felt > 0 && `${databaseLink.felt} messages came 300 ms late`)
    databaseLink.clear()
  },
  terminated: async (trial) => {
    let ended = 0
    for (let time = 0; time < 20; time += 1) {
      ended += await terminate(trial)
      await sleep(100)
    }
    trial.proven(ended > 0 && `${ended} connections were terminated`)
  },
  cancelled: async (trial) => {
    let ended = 0
    for (let time = 0; time < 200; time += 1) {
      const rows = await trial.world.rows(
        `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'lockstep' AND state = 'active' AND datname = current_database()`,
      )
      ended += rows.length
      await sleep(10)
    }
    // A statement is active for less than a millisecond: a lock makes some wait to be cancelled.
    await withWriter(trial.parts.databaseUrl, async (client) => {
      await client.query('BEGIN')
      await client.query('LOCK TABLE operations, application_status IN ACCESS EXCLUSIVE MODE')
      void trial.announce()
      const request = trial.sync('cancelled').catch(() => undefined)
      await sleep(500)
      const { rows } = await client.query(
        `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'lockstep' AND wait_event_type = 'Lock'`,
      )
      ended += rows.length
      await client.query('COMMIT')
      await request
    })
    trial.proven(ended > 0 && `${ended} statements were cancelled`)
  },
  silent: async (trial) => {
    const { databaseLink } = trial.parts
    databaseLink.set({ swallow: 'both' })
    await sleep(6000)
    trial.proven(databaseLink.felt > 0 && `${databaseLink.felt} messages were held back for 6 s`)
    databaseLink.cut()
    databaseLink.clear()
  },
}

const POISON: Readonly<Record<string, string>> = {
  doorbell: `INSERT INTO outbox (kind, key) SELECT k, $1::text FROM unnest(ARRAY['nonsense', '', 'application', 'cluster']) AS k`,
  wish: `UPDATE application_desired SET render_keys = '["no such render"]', inputs = '[]' WHERE application_id = $1`,
  status: `UPDATE application_status SET conditions = '[]', resources = '[]', revisions = '[]' WHERE application_id = $1`,
  inventory: `INSERT INTO managed_objects (application_id, api_group, kind, namespace, name, version)
    VALUES ($1, 'no.such.group', 'Nothing', 'nowhere', '☠', 'v0')`,
}

/** An application beside the one of the trial, created when there is none yet. */
async function victimOf(trial: Trial): Promise<string> {
  const { product } = trial.parts
  const [spec] = await trial.world.rows('SELECT spec FROM applications WHERE id = $1', [trial.id])
  const name = `${trial.name}-victim`
  const own = spec?.['spec'] as { readonly destination: object }
  const victim = {
    ...own,
    syncPolicy: undefined,
    destination: { ...own.destination, namespace: `${trial.name}-victim` },
  }
  await product.api.change('createApplication', { name, spec: victim })
  const end = performance.now() + 20_000
  for (;;) {
    const rows = await trial.world.rows(
      'SELECT a.id FROM applications a JOIN application_status s ON s.application_id = a.id WHERE a.name = $1',
      [name],
    )
    const id = rows[0]?.['id']
    if (id !== undefined) return String(id)
    if (performance.now() > end) throw new Error(`Application ${name} is never compared.`)
    await sleep(50)
  }
}

/** With a request as well, so that the steps of an acceptance are passed. */
async function change(trial: Trial): Promise<void> {
  await trial.change()
  void trial.sync('beside').catch(() => undefined)
}

/** Whatever is asked while the database is away is answered with an error, not with a guess. */
async function expectRefusal(trial: Trial): Promise<void> {
  const answer = await trial.parts.product.api
    .ask('{ applications(first: 1) { nodes { name } } }')
    .catch(() => undefined)
  const nodes = (answer?.['applications'] as { readonly nodes: readonly unknown[] } | undefined)?.nodes
  if (nodes?.length === 0) trial.violated('I-11', 'an empty list was answered while the database was away')
}

async function answers(trial: Trial): Promise<void> {
  const end = performance.now() + 30_000
  for (;;) {
    const back = await trial.world.rows('SELECT 1').catch(() => undefined)
    if (back !== undefined || performance.now() > end) return
    await sleep(50)
  }
}

async function terminate(trial: Trial): Promise<number> {
  const rows = await trial.world.rows(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lockstep' AND datname = current_database()`,
  )
  return rows.length
}

/** A connection that may write although the database says that none may. */
async function withWriter(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, options: '-c default_transaction_read_only=off' })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
