import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** Postgres tells its counters at the latest after ten idle seconds of a connection. */
const COUNTERS_SETTLE_MS = 10_500

const OF_APPLICATIONS = [
  'applications',
  'application_desired',
  'application_status',
  'managed_objects',
  'operations',
  'operation_steps',
]

/** Rows inserted, updated and deleted since the database was made: those of applications, and renders. */
export async function rowsWritten(connectionString: string): Promise<Readonly<Record<string, number>>> {
  await sleep(COUNTERS_SETTLE_MS)
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    const answer = await client.query<{ relname: string; rows: string }>(
      'SELECT relname, n_tup_ins + n_tup_upd + n_tup_del AS rows FROM pg_stat_user_tables',
    )
    const rows = new Map(answer.rows.map((row) => [row.relname, Number(row.rows)]))
    const sum = (names: readonly string[]): number =>
      names.reduce((total, name) => total + (rows.get(name) ?? 0), 0)
    return { application_rows: sum(OF_APPLICATIONS), renders: sum(['renders']) }
  } finally {
    await client.end()
  }
}
