import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import { keysetPage, type Page, type PageWish } from '../engine/paging/keyset-page.js'
import { seenConnection } from '../engine/connection/seen-connection.js'
import type { ClusterStore } from '../store/directory-stores.js'
import type { HeartbeatStore } from '../store/heartbeat-store.js'
import type { ClusterRecord } from '../store/records.js'

/** The clusters that the principal may see, by name. Credentials are not part of it. */
export class ListClusters {
  private readonly clusters: ClusterStore
  private readonly heartbeats: Pick<HeartbeatStore, 'list'>

  constructor(clusters: ClusterStore, heartbeats: Pick<HeartbeatStore, 'list'>) {
    this.clusters = clusters
    this.heartbeats = heartbeats
  }

  async run(principal: Principal): Promise<readonly ClusterRecord[]> {
    const [all, heartbeats] = await Promise.all([this.clusters.list(), this.heartbeats.list()])
    const ages = new Map(heartbeats.map(({ clusterId, ageMs }) => [clusterId, ageMs]))
    return all
      .filter((cluster) => decide(principal, 'clusters', 'get', clusterObject(cluster)) === undefined)
      .map((cluster) => ({
        ...cluster,
        connection: seenConnection(cluster.connection, ages.get(cluster.id)),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** One page of them; the key is the name. */
  async page(principal: Principal, wish: PageWish): Promise<Page<ClusterRecord>> {
    return keysetPage(await this.run(principal), clusterKey, wish)
  }
}

/** What they are sorted by. */
export function clusterKey({ name }: ClusterRecord): string {
  return name
}

/** The object of a policy: the server URL, with the project in front when the cluster belongs to one. */
export function clusterObject(cluster: { readonly server: string; readonly project?: string }): string {
  return cluster.project === undefined ? cluster.server : `${cluster.project}/${cluster.server}`
}
