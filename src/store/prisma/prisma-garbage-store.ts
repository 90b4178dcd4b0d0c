import { GarbageStore, type GarbageKind, type Retention } from '../garbage-store.js'
import type { Database } from './database.js'

/** Any number, as long as every release uses the same: one process collects at a time. */
const LOCK = 7_263_554_102

/** Makes the statement do nothing while another process collects; it is free again when the statement ends. */
const ALONE = `alone AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(${LOCK}) AS mine)`
const MINE = '(SELECT mine FROM alone)'
const OLD = `now() - $1::double precision * interval '1 day'`

/** In SQL: deletes up to $2 rows older than $1 days. */
const DELETIONS: Readonly<Record<GarbageKind, string>> = {
  operations: `DELETE FROM operations WHERE id IN (
    SELECT o.id FROM operations o WHERE ${MINE} AND o.finished_at < ${OLD} AND (
      NOT EXISTS (SELECT FROM applications a WHERE a.id = o.application_id)
      OR EXISTS (SELECT FROM operations newer WHERE newer.application_id = o.application_id
        AND (newer.started_at, newer.id) > (o.started_at, o.id)))
    LIMIT $2)`,
  deployments: `DELETE FROM deployments WHERE id IN (
    SELECT d.id FROM deployments d WHERE ${MINE} AND d.deployed_at < ${OLD} AND (
      NOT EXISTS (SELECT FROM applications a WHERE a.id = d.application_id)
      OR (SELECT count(*) FROM (SELECT FROM deployments newer WHERE newer.application_id = d.application_id
        AND (newer.deployed_at, newer.id) > (d.deployed_at, d.id) LIMIT $3::int) AS newest) >= $3::int)
    LIMIT $2)`,
  // The age is asked again outside: a row that was touched while we waited for it stays.
  renders: `DELETE FROM renders WHERE created_at < ${OLD} AND key IN (
    SELECT r.key FROM renders r WHERE ${MINE} AND r.created_at < ${OLD}
      AND r.key NOT IN (SELECT jsonb_array_elements_text(render_keys) FROM application_desired)
      AND r.key NOT IN (SELECT jsonb_array_elements_text(render_keys) FROM deployments)
    LIMIT $2)`,
  outbox: `DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE ${MINE} AND created_at < ${OLD} LIMIT $2)`,
  credentials: `DELETE FROM credentials WHERE id IN (
    SELECT id FROM credentials WHERE ${MINE} AND least(revoked_at, expires_at) < ${OLD} LIMIT $2)`,
  webhookDeliveries: `DELETE FROM webhook_deliveries WHERE id IN (
    SELECT id FROM webhook_deliveries WHERE ${MINE} AND received_at < ${OLD} LIMIT $2)`,
  fieldSets: `DELETE FROM field_sets WHERE unused_since < ${OLD} AND id IN (
    SELECT f.id FROM field_sets f WHERE ${MINE} AND f.unused_since < ${OLD}
      AND NOT EXISTS (SELECT FROM managed_objects m WHERE m.field_set = f.id)
    LIMIT $2)`,
}

/** Notes since when a field set is unused, before the old ones go: whoever stores it again takes the note away. */
const MARK_FIELD_SETS = `UPDATE field_sets f SET unused_since = CASE WHEN used.id IS NULL THEN now() END
  FROM field_sets s LEFT JOIN (SELECT DISTINCT field_set AS id FROM managed_objects) used ON used.id = s.id
  WHERE s.id = f.id AND (f.unused_since IS NULL) = (used.id IS NULL)`

export class PrismaGarbageStore extends GarbageStore {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async collect(
    kind: GarbageKind,
    retention: Retention,
    limit: number,
  ): Promise<number | undefined> {
    if (kind === 'fieldSets') await this.#markFieldSets()
    const more = kind === 'deployments' ? [retention.deploymentsKept] : []
    const [row] = await this.#database.rows<{ mine: boolean; gone: number }>({
      name: `garbage-${kind}`,
      text: `WITH ${ALONE}, gone AS (${DELETIONS[kind]} RETURNING 1)
        SELECT mine, (SELECT count(*)::int FROM gone) AS gone FROM alone`,
      values: [retention[kind], limit, ...more],
    })
    return row?.mine === true ? row.gone : undefined
  }

  async #markFieldSets(): Promise<void> {
    await this.#database.rows({ name: 'garbage-mark-field-sets', text: MARK_FIELD_SETS, values: [] })
  }
}
