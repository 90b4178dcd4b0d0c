import type { ClusterIdentity } from '../kube/cluster.js'
import type { ClusterConnection } from '../kube/cluster-connector.js'

/**
 * Looks which cluster answers at a connection, before it is stored. The gateway asks a cluster worker (in one process a
 * function call). Throws UPSTREAM_CLUSTER, TIMEOUT, UNAUTHENTICATED or FORBIDDEN with the server's own words.
 */
export abstract class ClusterProbe {
  abstract identity(id: string, connection: ClusterConnection): Promise<ClusterIdentity>
}
