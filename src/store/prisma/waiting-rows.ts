import type { WaitingApplication } from '../pending-work.js'

export interface WaitingRow {
  readonly id: string
  readonly cluster_id: string | null
  readonly is_unrendered: boolean
}

/** Of `applications a`: the cluster that it goes to. */
export const CLUSTER_ID = `COALESCE((SELECT c.id FROM clusters c WHERE c.server = a.destination_server),
    (SELECT c.id FROM clusters c WHERE a.destination_server IS NULL AND c.name = a.destination_name))`

/** Of `applications a` and `application_desired d`: the columns of a waiting application besides its id. */
export const WAITING_COLUMNS = `${CLUSTER_ID} AS cluster_id,
  d.generation IS DISTINCT FROM a.generation AS is_unrendered`

export function toWaiting(row: WaitingRow): WaitingApplication {
  return {
    kind: 'application',
    id: row.id,
    clusterId: row.cluster_id ?? undefined,
    isUnrendered: row.is_unrendered,
  }
}
