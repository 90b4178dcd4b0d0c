import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { ClusterStore } from '../store/directory-stores.js'
import type { ClusterRecord } from '../store/records.js'

/** The clusters that the principal may see, by name. Credentials are not part of it. */
export class ListClusters {
  private readonly clusters: ClusterStore

  constructor(clusters: ClusterStore) {
    this.clusters = clusters
  }

  async run(principal: Principal): Promise<readonly ClusterRecord[]> {
    const all = await this.clusters.list()
    return all
      .filter((cluster) => decide(principal, 'clusters', 'get', clusterObject(cluster)) === undefined)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }
}

/** The object of a policy: the server URL, with the project in front when the cluster belongs to one. */
export function clusterObject(cluster: { readonly server: string; readonly project?: string }): string {
  return cluster.project === undefined ? cluster.server : `${cluster.project}/${cluster.server}`
}
