import type { HealthStatus } from '../../engine/health/health.js'
import type {
  ApplicationStatus,
  Condition,
  ResourceStatus,
  SyncStatus,
} from '../../engine/status/application-status.js'
import type { Fences } from '../records.js'
import type { Database } from './database.js'
import { FENCE_HOLDS } from './fence.js'
import { lastOfEach } from './last-of-each.js'

export interface StatusRow {
  readonly application_id: string
  readonly sync: SyncStatus
  readonly health: HealthStatus
  readonly health_message: string | null
  readonly revisions: readonly string[]
  readonly conditions: readonly Condition[]
  /** Lists leave it out. */
  readonly resources?: readonly ResourceStatus[]
  readonly observed_generation: number
  readonly observed_at: Date
}

export const STATUS_COLUMNS =
  'application_id, sync, health, health_message, revisions, conditions, resources, observed_generation, observed_at'

export function toStatus(row: StatusRow): ApplicationStatus {
  return {
    applicationId: row.application_id,
    sync: row.sync,
    health: { status: row.health, ...(row.health_message === null ? {} : { message: row.health_message }) },
    revisions: row.revisions,
    conditions: row.conditions,
    resources: row.resources ?? [],
    observedGeneration: row.observed_generation,
    observedAt: row.observed_at.toISOString(),
  }
}

export async function statuses(
  database: Database,
  ids: readonly string[],
): Promise<readonly ApplicationStatus[]> {
  const rows = await database.rows<StatusRow>({
    name: 'status-get',
    text: `SELECT ${STATUS_COLUMNS} FROM application_status WHERE application_id = ANY($1::text[])`,
    values: [ids],
  })
  return rows.map(toStatus)
}

/** Applications that were removed meanwhile are left out; the rest of the batch is saved. */
export async function saveStatuses(
  database: Database,
  changed: readonly ApplicationStatus[],
  fence?: Fences,
): Promise<number> {
  const batch = lastOfEach(changed, ({ applicationId }) => applicationId)
  const [row] = await database.fenced<{ sequence: string }>({
    name: 'status-save',
    fence,
    ctes: `flush AS MATERIALIZED (SELECT nextval('application_status_sequence') AS sequence),
      saved AS (
        INSERT INTO application_status (application_id, sync, health, health_message, revisions, conditions, resources, observed_generation, observed_at, sequence)
        SELECT s.*, flush.sequence FROM flush,
          unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]::jsonb[], $6::text[]::jsonb[], $7::text[]::jsonb[], $8::int[], $9::timestamptz[])
            AS s(id, sync, health, health_message, revisions, conditions, resources, observed_generation, observed_at)
          JOIN applications a ON a.id = s.id WHERE ${FENCE_HOLDS} ORDER BY s.id
        ON CONFLICT (application_id) DO UPDATE SET
          (sync, health, health_message, revisions, conditions, resources, observed_generation, observed_at, sequence) =
          ROW(excluded.sync, excluded.health, excluded.health_message, excluded.revisions, excluded.conditions, excluded.resources,
            excluded.observed_generation, excluded.observed_at, excluded.sequence)
        RETURNING 1),
      change AS (SELECT sequence FROM flush)`,
    values: [
      batch.map((status) => status.applicationId),
      batch.map((status) => status.sync),
      batch.map((status) => status.health.status),
      batch.map((status) => status.health.message ?? null),
      batch.map((status) => JSON.stringify(status.revisions)),
      batch.map((status) => JSON.stringify(status.conditions)),
      batch.map((status) => JSON.stringify(status.resources)),
      batch.map((status) => status.observedGeneration),
      batch.map((status) => status.observedAt),
    ],
  })
  return Number(row?.sequence ?? 0)
}
