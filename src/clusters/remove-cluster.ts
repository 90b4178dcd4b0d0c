import { AppError } from '../base/app-error.js'
import { applicationObject } from '../engine/access/application-object.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { Application } from '../engine/application/application.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { ClusterStore } from '../store/directory-stores.js'
import type { ClusterRecord } from '../store/records.js'
import { clusterObject } from './list-clusters.js'
import { openCluster } from './open-cluster.js'

const NAMED = 3

/**
 * Disconnects a cluster; nothing in the cluster is touched. Refused while applications are deployed to it, unless
 * forced: they become Unknown then.
 */
export class RemoveCluster {
  private readonly clusters: ClusterStore
  private readonly applications: ApplicationStore

  constructor(clusters: ClusterStore, applications: ApplicationStore) {
    this.clusters = clusters
    this.applications = applications
  }

  /** `nameOrServer` as people type it. CONFLICT names some of the applications that keep it. */
  async run(principal: Principal, nameOrServer: string, force = false): Promise<ClusterRecord> {
    const cluster = await openCluster(this.clusters, principal, nameOrServer)
    const refused = decide(principal, 'clusters', 'delete', clusterObject(cluster))
    if (refused !== undefined)
      throw new AppError('FORBIDDEN', `Cannot remove cluster "${cluster.name}": ${refused}`)
    const used = await this.applications.byCluster(cluster)
    if (used.length > 0 && !force) throw inUse(principal, cluster, used)
    await this.clusters.remove(cluster.id, {
      audit: {
        actor: principal.subject,
        action: 'remove-cluster',
        object: `cluster/${cluster.name}`,
        details: { usedBy: used.length },
        ...(cluster.project && { project: cluster.project }),
      },
      doorbells: [
        { kind: 'cluster', id: cluster.id },
        ...used.map(({ id }) => ({ kind: 'application' as const, id })),
      ],
    })
    return cluster
  }
}

/** Names only applications that the principal may see; all are counted. */
function inUse(principal: Principal, cluster: ClusterRecord, used: readonly Application[]): AppError {
  const visible = used.filter((application) => {
    const object = applicationObject(application.spec.project, application)
    return decide(principal, 'applications', 'get', object) === undefined
  })
  const names = visible.slice(0, NAMED).map(({ namespace, name }) => `${namespace}/${name}`)
  const named = names.length === 0 ? '' : ` (${names.join(', ')}${used.length > names.length ? ', …' : ''})`
  const count = used.length === 1 ? '1 application is' : `${used.length} applications are`
  return new AppError(
    'CONFLICT',
    `Cannot remove cluster "${cluster.name}": ${count} deployed to it${named}. Delete them or change their destination first, or remove it with --force: what they deployed keeps running, and nobody looks after it.`,
  )
}
