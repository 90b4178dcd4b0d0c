import { AppError, reasonOf } from '../base/app-error.js'
import { NotVisible } from '../base/not-visible.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { ClusterStore } from '../store/directory-stores.js'
import type { ClusterRecord } from '../store/records.js'
import type { CredentialRenewal } from './credential-renewal.js'
import { clusterObject } from './list-clusters.js'

export interface RotatedCredential {
  readonly cluster: ClusterRecord
  /** `namespace/name` of the ServiceAccount. */
  readonly account: string
  /** What became of the former token, as a sentence. */
  readonly former: string
}

/**
 * Gives a cluster a further token of the account that it is managed with, and ends the former one where that is
 * possible: after the new one is stored, never before.
 */
export class RotateCredential {
  private readonly clusters: ClusterStore
  private readonly renewal: CredentialRenewal

  constructor(clusters: ClusterStore, renewal: CredentialRenewal) {
    this.clusters = clusters
    this.renewal = renewal
  }

  /** `nameOrServer` as people type it. NOT_FOUND, FORBIDDEN, BAD_USER_INPUT, UPSTREAM_CLUSTER. */
  async run(principal: Principal, nameOrServer: string): Promise<RotatedCredential> {
    const { id, name } = await this.known(principal, nameOrServer)
    const { sealed, account, former } = await this.renewal.renew(id)
    // It may have been changed while the token was made.
    const cluster = await this.clusters.get(id)
    if (cluster === undefined) throw new AppError('NOT_FOUND', `Cluster "${name}" was removed meanwhile.`)
    await this.clusters.update(cluster, sealed, {
      audit: {
        actor: principal.subject,
        action: 'rotate-cluster-credential',
        object: `cluster/${cluster.name}`,
        details: { account },
        ...(cluster.project && { project: cluster.project }),
      },
      doorbells: [{ kind: 'cluster', id: cluster.id }],
    })
    return { cluster, account, former: await this.retired(cluster.id, former) }
  }

  /** The new token counts already: that the former one lives on is told, not thrown. */
  private async retired(id: string, former: string | undefined): Promise<string> {
    if (former === undefined) return 'The former token stays valid until it expires.'
    try {
      await this.renewal.retire(id, former)
      return 'The former token is valid no more.'
    } catch (error) {
      return `The former token is still valid: delete Secret "${former}" in the cluster to end it (${reasonOf(error)})`
    }
  }

  private async known(principal: Principal, nameOrServer: string): Promise<ClusterRecord> {
    const cluster =
      (await this.clusters.byServerOrName(undefined, nameOrServer)) ??
      (await this.clusters.byServerOrName(nameOrServer, undefined))
    const missing = `Cluster "${nameOrServer}" is not connected.`
    if (cluster === undefined) throw new AppError('NOT_FOUND', missing)
    const object = clusterObject(cluster)
    if (decide(principal, 'clusters', 'get', object) !== undefined) throw new NotVisible(missing)
    const refused = decide(principal, 'clusters', 'update', object)
    if (refused !== undefined)
      throw new AppError('FORBIDDEN', `Cannot rotate the credential of cluster "${cluster.name}": ${refused}`)
    return cluster
  }
}
