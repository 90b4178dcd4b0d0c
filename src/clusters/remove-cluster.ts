import { AppError } from '../base/app-error.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { ClusterStore } from '../store/directory-stores.js'
import type { ClusterRecord } from '../store/records.js'
import { clusterObject } from './list-clusters.js'

/** Disconnects a cluster; nothing in the cluster is touched. Its applications become Unknown. */
export class RemoveCluster {
  private readonly clusters: ClusterStore
  private readonly applications: ApplicationStore

  constructor(clusters: ClusterStore, applications: ApplicationStore) {
    this.clusters = clusters
    this.applications = applications
  }

  /** `nameOrServer` as people type it. */
  async run(principal: Principal, nameOrServer: string): Promise<ClusterRecord> {
    const cluster =
      (await this.clusters.byServerOrName(undefined, nameOrServer)) ??
      (await this.clusters.byServerOrName(nameOrServer, undefined))
    if (cluster === undefined || decide(principal, 'clusters', 'get', clusterObject(cluster)) !== undefined) {
      throw new AppError('NOT_FOUND', `Cluster "${nameOrServer}" is not connected.`)
    }
    const refused = decide(principal, 'clusters', 'delete', clusterObject(cluster))
    if (refused !== undefined)
      throw new AppError('FORBIDDEN', `Cannot remove cluster "${cluster.name}": ${refused}`)
    const used = await this.applications.byCluster(cluster)
    await this.clusters.remove(cluster.id, {
      audit: {
        actor: principal.subject,
        action: 'remove-cluster',
        object: `cluster/${cluster.name}`,
        details: { usedBy: used.length },
        ...(cluster.project && { project: cluster.project }),
      },
      doorbells: [{ kind: 'cluster', id: cluster.id }],
    })
    return cluster
  }
}
