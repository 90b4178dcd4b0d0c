import { AppError } from '../base/app-error.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { ClusterStore, SettingStore } from '../store/directory-stores.js'
import { WRITES_PAUSED, type ClusterRecord, type MutationRecord } from '../store/records.js'
import { clusterObject } from './list-clusters.js'
import { openCluster } from './open-cluster.js'

export interface PauseWritesRequest {
  /** Name or server URL; all clusters when absent. */
  readonly cluster?: string
  /** False permits writes again. */
  readonly paused: boolean
}

/**
 * The kill switch: nothing is written to the cluster, or to any, until it is permitted again. Whatever is under way is observed and goes
 * on then. A cluster that is paused by itself stays so when all are permitted again.
 */
export class PauseWrites {
  private readonly clusters: ClusterStore
  private readonly settings: SettingStore

  constructor(clusters: ClusterStore, settings: SettingStore) {
    this.clusters = clusters
    this.settings = settings
  }

  /** Answers the clusters it is about. NOT_FOUND, FORBIDDEN. */
  async run(principal: Principal, request: PauseWritesRequest): Promise<readonly ClusterRecord[]> {
    return request.cluster === undefined
      ? this.all(principal, request.paused)
      : [await this.one(principal, request.cluster, request.paused)]
  }

  /** Are writes to all clusters paused? */
  async allPaused(): Promise<boolean> {
    return (await this.settings.get(WRITES_PAUSED)) === 'true'
  }

  private async all(principal: Principal, paused: boolean): Promise<readonly ClusterRecord[]> {
    const refused = decide(principal, 'clusters', 'update', '*')
    if (refused !== undefined)
      throw new AppError('FORBIDDEN', `Cannot ${verb(paused)} writes to all clusters: ${refused}`)
    const clusters = await this.clusters.list()
    await this.settings.set(WRITES_PAUSED, String(paused), recordOf(principal, paused, { clusters }))
    return clusters
  }

  private async one(principal: Principal, nameOrServer: string, paused: boolean): Promise<ClusterRecord> {
    const cluster = await openCluster(this.clusters, principal, nameOrServer)
    const refused = decide(principal, 'clusters', 'update', clusterObject(cluster))
    if (refused !== undefined)
      throw new AppError(
        'FORBIDDEN',
        `Cannot ${verb(paused)} writes to cluster "${cluster.name}": ${refused}`,
      )
    await this.clusters.setWritesPaused(
      cluster.id,
      paused,
      recordOf(principal, paused, { one: cluster, clusters: [cluster] }),
    )
    return { ...cluster, writesPaused: paused }
  }
}

interface Affected {
  /** All of them when absent. */
  readonly one?: ClusterRecord
  readonly clusters: readonly ClusterRecord[]
}

function recordOf(principal: Principal, paused: boolean, { one, clusters }: Affected): MutationRecord {
  return {
    audit: {
      actor: principal.subject,
      action: `${verb(paused)}-writes`,
      object: one === undefined ? 'cluster/*' : `cluster/${one.name}`,
      ...(one?.project && { project: one.project }),
    },
    // Their owners look at the switch at once.
    doorbells: clusters.map(({ id }) => ({ kind: 'cluster', id })),
  }
}

function verb(paused: boolean): 'pause' | 'resume' {
  return paused ? 'pause' : 'resume'
}
