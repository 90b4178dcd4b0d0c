import { AppError } from '../base/app-error.js'
import { NotVisible } from '../base/not-visible.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { ClusterStore } from '../store/directory-stores.js'
import type { ClusterRecord } from '../store/records.js'
import { clusterObject } from './list-clusters.js'

/**
 * The cluster that people name by its name or its server URL. NOT_FOUND also for what the principal may not see: the audit
 * trail alone tells the two apart.
 */
export async function openCluster(
  clusters: Pick<ClusterStore, 'byServerOrName'>,
  principal: Principal,
  nameOrServer: string,
): Promise<ClusterRecord> {
  const found =
    (await clusters.byServerOrName(undefined, nameOrServer)) ??
    (await clusters.byServerOrName(nameOrServer, undefined))
  const absent = `Cluster "${nameOrServer}" is not connected.`
  if (found === undefined) throw new AppError('NOT_FOUND', absent)
  if (decide(principal, 'clusters', 'get', clusterObject(found)) !== undefined) throw new NotVisible(absent)
  return found
}
