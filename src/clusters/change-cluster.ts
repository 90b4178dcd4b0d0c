import { AppError } from '../base/app-error.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { ClusterStore, ProjectStore } from '../store/directory-stores.js'
import type { ClusterRecord } from '../store/records.js'
import { clusterObject } from './list-clusters.js'
import { openCluster } from './open-cluster.js'

export interface ChangeClusterDeps {
  readonly clusters: ClusterStore
  readonly projects: Pick<ProjectStore, 'byName'>
  readonly applications: Pick<ApplicationStore, 'byCluster'>
}

/** What is absent stays as it is. */
export interface ClusterChange {
  /** Name or server URL. */
  readonly cluster: string
  /** The project that it belongs to from now on; `''` = every project may use it. */
  readonly project?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** Changes what is known of a cluster beside its credential; its applications are judged again when it changes hands. */
export class ChangeCluster {
  private readonly deps: ChangeClusterDeps

  constructor(deps: ChangeClusterDeps) {
    this.deps = deps
  }

  async run(principal: Principal, change: ClusterChange): Promise<ClusterRecord> {
    const { clusters, applications } = this.deps
    const before = await openCluster(clusters, principal, change.cluster)
    const { project: owner, ...rest } = before
    const project = change.project ?? owner ?? ''
    const after: ClusterRecord = {
      ...rest,
      ...(project !== '' && { project }),
      ...(change.labels && { labels: change.labels }),
      ...(change.annotations && { annotations: change.annotations }),
    }
    await this.refuse(principal, before, after)
    const used = owner === after.project ? [] : await applications.byCluster(before)
    await clusters.describe(after, {
      audit: {
        actor: principal.subject,
        action: 'change-cluster',
        object: `cluster/${before.name}`,
        details: { project, before: owner ?? '' },
        ...(project !== '' && { project }),
      },
      doorbells: [
        { kind: 'cluster', id: before.id },
        ...used.map(({ id }) => ({ kind: 'application' as const, id })),
      ],
    })
    return after
  }

  /** Whoever moves a cluster needs the right on what it was and on what it becomes. */
  private async refuse(principal: Principal, before: ClusterRecord, after: ClusterRecord): Promise<void> {
    const refused =
      decide(principal, 'clusters', 'update', clusterObject(before)) ??
      decide(principal, 'clusters', 'update', clusterObject(after))
    if (refused !== undefined)
      throw new AppError('FORBIDDEN', `Cannot change cluster "${before.name}": ${refused}`)
    const { project } = after
    if (project !== undefined && (await this.deps.projects.byName(project)) === undefined) {
      throw new AppError(
        'BAD_USER_INPUT',
        `Cannot change cluster "${before.name}": project "${project}" does not exist.`,
      )
    }
  }
}
