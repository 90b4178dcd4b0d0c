import pg from 'pg'

const BATCH = 100_000
export const ACTORS = 500
export const APPLICATIONS = 10_000
export const PROJECTS = 100
export const ACTIONS = [
  'sync',
  'create-application',
  'update-application',
  'refresh',
  'login',
  'start-sync',
] as const
/** The newest is now; they are spread over a month, as those of a busy installation. */
const SPAN = "interval '28 days'"

/** One event in fifty is a denial; an application has one project and a hundred events, an actor two thousand of all kinds. */
const EVENTS = `INSERT INTO audit_events (at, actor, action, object, project, outcome, source, details)
  SELECT now() - ${SPAN} * (1 - n / $3::float8), 'user:person-' || hash % ${ACTORS}, ($4::text[])[1 + hash % ${ACTIONS.length}],
    'application/argocd/app-' || lpad(app::text, 5, '0'), 'project-' || app % ${PROJECTS},
    CASE WHEN hash / 3000 % 50 = 0 THEN 'DENIED' ELSE 'ACCEPTED' END, '10.0.' || hash % 200 || '.' || hash % 250,
    jsonb_build_object('objects', jsonb_build_array('ConfigMap shop/settings-' || hash % 5000), 'reason', 'revision ' || md5(n::text))
  FROM (SELECT n, abs(hashint8(n)) AS hash, abs(hashint8(n + 1)) % ${APPLICATIONS} AS app FROM generate_series($1::int, $2::int) n) each`

/** Writes so many events past the stores, in batches, and tells the planner. */
export async function fillAudit(
  connectionString: string,
  count: number,
  say: (done: number) => void,
): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    for (let from = 1; from <= count; from += BATCH) {
      const to = Math.min(count, from + BATCH - 1)
      await client.query(EVENTS, [from, to, count, ACTIONS])
      say(to)
    }
    await client.query('ANALYZE audit_events')
  } finally {
    await client.end()
  }
}

/** Events that have no link of the chain yet. */
export async function unlinked(connectionString: string): Promise<number> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    const text = `SELECT (SELECT count(*) FROM audit_events)::int - (SELECT count(*) FROM audit_links)::int AS missing`
    const { rows } = await client.query<{ missing: number }>(text)
    return rows[0]?.missing ?? 0
  } finally {
    await client.end()
  }
}
