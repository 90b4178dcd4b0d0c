import { ClusterProbe } from '../clusters/cluster-probe.js'
import type { ClusterIdentity } from '../kube/cluster.js'
import type { ClusterConnection, ClusterConnector } from '../kube/cluster-connector.js'

/** Connects for one look. */
export class ClusterIdentityProbe extends ClusterProbe {
  readonly #connector: ClusterConnector

  constructor(connector: ClusterConnector) {
    super()
    this.#connector = connector
  }

  override async identity(id: string, connection: ClusterConnection): Promise<ClusterIdentity> {
    const cluster = this.#connector.connect(id, connection)
    try {
      return await cluster.identity()
    } finally {
      await cluster.close()
    }
  }
}
