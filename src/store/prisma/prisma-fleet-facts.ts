import type { FreshnessLimits } from '../../engine/status/freshness.js'
import { FleetFacts, type ApplicationFact, type BacklogFact, type ClusterFact } from '../fleet-facts.js'
import type { Database } from './database.js'
import { FRESHNESS_JOINS, freshnessSql } from './freshness-sql.js'

interface ClusterRow {
  readonly name: string
  readonly server: string
  readonly version: string | null
  readonly connected: boolean
  readonly writes_paused: boolean
  readonly age: number | null
  readonly epoch: string | null
}

interface BacklogRow {
  readonly pending: number
  readonly lag: number | null
  readonly operations: Readonly<Record<string, number>> | null
  readonly leases: BacklogFact['leases'] | null
}

const CLUSTERS = `SELECT c.name, c.server, c.version, c.connection_status = 'Successful' AS connected, c.writes_paused,
    extract(epoch FROM now() - h.observed_at)::float8 AS age, l.epoch
  FROM clusters c
  LEFT JOIN cluster_heartbeats h ON h.cluster_id = c.id
  LEFT JOIN leases l ON l.kind = 'cluster' AND l.id = c.id
  ORDER BY c.id LIMIT $1`

const BACKLOG = `SELECT
    (SELECT count(*)::int FROM outbox) AS pending,
    (SELECT extract(epoch FROM now() - min(created_at))::float8 FROM outbox) AS lag,
    (SELECT jsonb_object_agg(phase, amount) FROM
      (SELECT phase, count(*)::int AS amount FROM operations WHERE finished_at IS NULL GROUP BY phase) p) AS operations,
    (SELECT jsonb_agg(jsonb_build_object('kind', kind, 'held', held, 'count', amount)) FROM
      (SELECT kind, owner IS NOT NULL AND expires_at > now() AS held, count(*)::int AS amount
        FROM leases GROUP BY 1, 2) g) AS leases`

export class PrismaFleetFacts extends FleetFacts {
  readonly #database: Database
  readonly #applications: string

  constructor(database: Database, limits: FreshnessLimits) {
    super()
    this.#database = database
    this.#applications = applicationsText(limits)
  }

  override applications(limit: number): Promise<readonly ApplicationFact[]> {
    return this.#database.rows<ApplicationFact>({
      name: 'fleet-applications',
      text: this.#applications,
      values: [limit],
    })
  }

  override async clusters(limit: number): Promise<readonly ClusterFact[]> {
    const rows = await this.#database.rows<ClusterRow>({
      name: 'fleet-clusters',
      text: CLUSTERS,
      values: [limit],
    })
    return rows.map(({ name, server, version, connected, writes_paused: writesPaused, age, epoch }) => ({
      name,
      server,
      version: version ?? '',
      connected,
      writesPaused,
      ...(age !== null && { heartbeatAgeSeconds: age }),
      ...(epoch !== null && { epoch: Number(epoch) }),
    }))
  }

  override async backlog(): Promise<BacklogFact> {
    const row = await this.#database.first<BacklogRow>({ name: 'fleet-backlog', text: BACKLOG, values: [] })
    return {
      outboxPending: row?.pending ?? 0,
      outboxLagSeconds: row?.lag ?? 0,
      operations: row?.operations ?? {},
      leases: row?.leases ?? [],
    }
  }
}

/** Sync is Unknown where anything is stale; health only where the cluster is. */
function applicationsText(limits: FreshnessLimits): string {
  const { clusterStale, headStale } = freshnessSql(limits)
  return `SELECT a.namespace, a.name, a.project,
      COALESCE(a.repositories[1], '') AS repository,
      COALESCE(a.destination_name, cs.name, a.destination_server, '') AS cluster,
      COALESCE(a.destination_namespace, '') AS "destinationNamespace",
      CASE WHEN s.sync IS NULL OR ${clusterStale} OR ${headStale} THEN 'Unknown' ELSE s.sync END AS sync,
      CASE WHEN s.health IS NULL OR ${clusterStale} THEN 'Unknown' ELSE s.health END AS health,
      a.auto_sync AS "autoSync",
      EXISTS (SELECT FROM operations o WHERE o.application_id = a.id AND o.finished_at IS NULL) AS busy
    FROM applications a LEFT JOIN application_status s ON s.application_id = a.id ${FRESHNESS_JOINS}
    ORDER BY a.id LIMIT $1`
}
