import { AppError } from '../../base/app-error.js'
import { HeartbeatStore, type Heartbeat, type HeartbeatRecord } from '../heartbeat-store.js'
import type { Fences } from '../records.js'
import type { Database } from './database.js'
import { FENCE_HOLDS, fenceCte, fenceValues } from './fence.js'

interface Row {
  readonly cluster_id: string
  readonly observed_at: Date | null
  readonly age_ms: number | null
  readonly since_sequence: string
  readonly blind_kinds: Readonly<Record<string, string>>
}

export class PrismaHeartbeatStore extends HeartbeatStore {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  /** The sequence is the one of the statuses, so that no clock decides what was before. */
  override async begin(clusterId: string, fence?: Fences): Promise<void> {
    const rows = await this.#database.rows<{ holds: boolean }>({
      name: 'heartbeat-begin',
      text: `WITH ${fenceCte(1)}, saved AS (
          INSERT INTO cluster_heartbeats (cluster_id, since_sequence, blind_kinds)
          SELECT c.id, nextval('application_status_sequence'), '{}' FROM clusters c WHERE c.id = $1 AND ${FENCE_HOLDS}
          ON CONFLICT (cluster_id) DO UPDATE SET since_sequence = excluded.since_sequence, blind_kinds = '{}')
        SELECT holds FROM fence`,
      values: [clusterId, ...fenceValues(fence)],
    })
    requireOwner(rows, clusterId)
  }

  override async beat({ clusterId, ageMs, blindKinds }: Heartbeat, fence?: Fences): Promise<void> {
    const rows = await this.#database.rows<{ holds: boolean }>({
      name: 'heartbeat-beat',
      text: `WITH ${fenceCte(3)}, saved AS (
          UPDATE cluster_heartbeats SET blind_kinds = $3::jsonb,
            observed_at = GREATEST(observed_at, now() - $2::float8 * interval '1 millisecond')
          WHERE cluster_id = $1 AND ${FENCE_HOLDS})
        SELECT holds FROM fence`,
      values: [clusterId, ageMs, JSON.stringify(blindKinds), ...fenceValues(fence)],
    })
    requireOwner(rows, clusterId)
  }

  override async list(): Promise<readonly HeartbeatRecord[]> {
    const rows = await this.#database.rows<Row>({
      name: 'heartbeat-list',
      text: `SELECT cluster_id, observed_at, (extract(epoch FROM now() - observed_at) * 1000)::float8 AS age_ms, since_sequence, blind_kinds
        FROM cluster_heartbeats ORDER BY cluster_id`,
      values: [],
    })
    return rows.map((row) => ({
      clusterId: row.cluster_id,
      ...(row.observed_at === null ? {} : { observedAt: row.observed_at.toISOString() }),
      ...(row.age_ms === null ? {} : { ageMs: row.age_ms }),
      sinceSequence: Number(row.since_sequence),
      blindKinds: row.blind_kinds,
    }))
  }
}

function requireOwner(rows: readonly { readonly holds: boolean }[], clusterId: string): void {
  if (rows[0]?.holds === true) return
  throw new AppError(
    'CONFLICT',
    `The heartbeat of cluster "${clusterId}" was not saved: another worker owns the cluster now.`,
  )
}
