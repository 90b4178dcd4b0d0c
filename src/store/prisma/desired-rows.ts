import type { Desired, Fences } from '../records.js'
import type { Database } from './database.js'
import { FENCE_HOLDS } from './fence.js'
import { lastOfEach } from './last-of-each.js'

export interface DesiredRow {
  readonly application_id: string
  readonly generation: number
  readonly revisions: readonly string[]
  readonly render_keys: readonly string[]
  readonly inputs: Desired['inputs']
  readonly error: string | null
  readonly updated_at: Date
}

export function toDesired(row: DesiredRow): Desired {
  return {
    applicationId: row.application_id,
    generation: row.generation,
    revisions: row.revisions,
    renderKeys: row.render_keys,
    inputs: row.inputs,
    ...(row.error === null ? {} : { error: row.error }),
    updatedAt: row.updated_at.toISOString(),
  }
}

export async function desiredMany(database: Database, ids: readonly string[]): Promise<readonly Desired[]> {
  const rows = await database.rows<DesiredRow>({
    name: 'desired-get',
    text: `SELECT application_id, generation, revisions, render_keys, inputs, error, updated_at
      FROM application_desired WHERE application_id = ANY($1::text[])`,
    values: [ids],
  })
  return rows.map(toDesired)
}

/** Applications that were removed meanwhile are left out. */
export async function saveDesired(
  database: Database,
  desired: readonly Desired[],
  fence?: Fences,
): Promise<void> {
  if (desired.length === 0) return
  const batch = lastOfEach(desired, ({ applicationId }) => applicationId)
  await database.fenced({
    name: 'desired-save',
    fence,
    ctes: `saved AS (
      INSERT INTO application_desired (application_id, generation, revisions, render_keys, inputs, error, updated_at)
      SELECT d.* FROM unnest($1::text[], $2::int[], $3::text[]::jsonb[], $4::text[]::jsonb[], $5::text[]::jsonb[], $6::text[], $7::timestamptz[])
        AS d(id, generation, revisions, render_keys, inputs, error, updated_at)
      JOIN applications a ON a.id = d.id WHERE ${FENCE_HOLDS} ORDER BY d.id
      ON CONFLICT (application_id) DO UPDATE SET (generation, revisions, render_keys, inputs, error, updated_at) =
        ROW(excluded.generation, excluded.revisions, excluded.render_keys, excluded.inputs, excluded.error, excluded.updated_at)
      RETURNING application_id),
      rung AS (INSERT INTO outbox (kind, key) SELECT 'application', application_id FROM saved),
      change AS (SELECT 1)`,
    values: [
      batch.map((desired) => desired.applicationId),
      batch.map((desired) => desired.generation),
      batch.map((desired) => JSON.stringify(desired.revisions)),
      batch.map((desired) => JSON.stringify(desired.renderKeys)),
      batch.map((desired) => JSON.stringify(desired.inputs)),
      batch.map((desired) => desired.error ?? null),
      batch.map((desired) => desired.updatedAt),
    ],
  })
  database.committed()
}
