import { freshnessLimits } from '../status/freshness.js'

/** What is known of a connection; where it failed and when are kept as they are. */
export interface Connection {
  readonly status: 'Successful' | 'Failed' | 'Unknown'
  readonly message: string
}

const LIMIT_MS = freshnessLimits(0).clusterMs

/**
 * The connection of a cluster as it may be shown now (invariant 5): an answer that nobody confirmed within three
 * intervals proves nothing any more. `ageMs` is that of its last observation; undefined while nobody ever observed it,
 * since a cluster without applications is only looked at when it is added.
 */
export function seenConnection<T extends Connection>(
  connection: T,
  ageMs: number | undefined,
): T | Connection {
  if (connection.status !== 'Successful' || ageMs === undefined || ageMs <= LIMIT_MS) return connection
  const seconds = Math.round(ageMs / 1000)
  const message = `it was not observed for ${seconds} s. A cluster is observed while applications are deployed to it and a cluster worker runs.`
  return { ...connection, status: 'Unknown', message }
}
