import { AppError, reasonOf } from '../base/app-error.js'
import type { Clock, NewId } from '../base/clock.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { ClusterIdentity } from '../kube/cluster.js'
import type { ClusterConnection, ClusterConnector } from '../kube/cluster-connector.js'
import { parseKubeconfig, type KubeconfigConnection } from '../kube/parse-kubeconfig.js'
import type { ClusterStore } from '../store/directory-stores.js'
import type { ClusterRecord } from '../store/records.js'
import type { Vault } from '../vault/vault.js'
import { clusterObject } from './list-clusters.js'

export interface AddClusterDeps {
  readonly clusters: ClusterStore
  readonly connector: ClusterConnector
  readonly vault: Vault
  readonly clock: Clock
  readonly newId: NewId
}

export interface NewCluster {
  /** Text of a kubeconfig with every secret inline. */
  readonly kubeconfig: string
  readonly context?: string
  /** Default: the name of the context. */
  readonly name?: string
  readonly project?: string
  /** Namespaced mode: only these. */
  readonly namespaces?: readonly string[]
}

const MAX_KUBECONFIG = 262_144
const NAME = /^[A-Za-z0-9]([A-Za-z0-9._@:/-]{0,251}[A-Za-z0-9])?$/

/** Connects a cluster: speaks with it first, pins which cluster it is, then stores the credential sealed. */
export class AddCluster {
  private readonly deps: AddClusterDeps

  constructor(deps: AddClusterDeps) {
    this.deps = deps
  }

  async run(principal: Principal, wish: NewCluster): Promise<ClusterRecord> {
    const { contextName, ...connection } = this.parse(wish)
    const name = wish.name ?? contextName
    if (!NAME.test(name)) {
      throw new AppError(
        'BAD_USER_INPUT',
        `Cannot add the cluster: "${name}" cannot be its name. Use --name.`,
      )
    }
    this.refuse(
      principal,
      { server: connection.server, ...(wish.project && { project: wish.project }) },
      name,
    )
    await this.refuseTwin(connection.server, name)
    const id = this.deps.newId()
    const identity = await this.identity(id, name, connection)
    const record = await this.record(wish, { id, name, server: connection.server }, identity)
    await this.deps.clusters.create(record, this.sealed(id, connection), {
      audit: {
        actor: principal.subject,
        action: 'add-cluster',
        object: `cluster/${name}`,
        details: { server: connection.server, uid: identity.uid },
        ...(wish.project && { project: wish.project }),
      },
      doorbells: [{ kind: 'cluster', id }],
    })
    return record
  }

  private parse(wish: NewCluster): KubeconfigConnection {
    if (wish.kubeconfig.length > MAX_KUBECONFIG) {
      throw new AppError('BAD_USER_INPUT', 'Cannot add the cluster: the kubeconfig is larger than 256 KiB.')
    }
    const connection = parseKubeconfig(wish.kubeconfig, wish.context)
    return wish.namespaces === undefined || wish.namespaces.length === 0
      ? connection
      : { ...connection, namespaces: wish.namespaces }
  }

  private refuse(principal: Principal, wish: { server: string; project?: string }, name: string): void {
    const refused = decide(principal, 'clusters', 'create', clusterObject(wish))
    if (refused !== undefined) throw new AppError('FORBIDDEN', `Cannot add cluster "${name}": ${refused}`)
  }

  private async refuseTwin(server: string, name: string): Promise<void> {
    const { clusters } = this.deps
    const twin =
      (await clusters.byServerOrName(server, undefined)) ?? (await clusters.byServerOrName(undefined, name))
    if (twin !== undefined) {
      throw new AppError(
        'CONFLICT',
        `Cannot add cluster "${name}": "${twin.name}" at ${twin.server} is connected already. Remove it first.`,
      )
    }
  }

  private async identity(id: string, name: string, connection: ClusterConnection): Promise<ClusterIdentity> {
    const cluster = this.deps.connector.connect(id, connection)
    try {
      return await cluster.identity()
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'UPSTREAM_CLUSTER'
      throw new AppError(
        code === 'FORBIDDEN' || code === 'UNAUTHENTICATED' ? 'UPSTREAM_CLUSTER' : code,
        `Cannot add cluster "${name}": ${connection.server} does not answer: ${reasonOf(error)}`,
        { cause: error },
      )
    } finally {
      await cluster.close()
    }
  }

  private async record(
    wish: NewCluster,
    naming: { readonly id: string; readonly name: string; readonly server: string },
    identity: ClusterIdentity,
  ): Promise<ClusterRecord> {
    const twin = (await this.deps.clusters.list()).find((cluster) => cluster.uid === identity.uid)
    if (twin !== undefined) {
      throw new AppError(
        'CONFLICT',
        `Cannot add cluster "${naming.name}": it is the same cluster as "${twin.name}" (${twin.server}).`,
      )
    }
    const now = new Date(this.deps.clock.now()).toISOString()
    return {
      ...naming,
      ...(wish.project && { project: wish.project }),
      ...identity,
      connection: { status: 'Successful', message: '', checkedAt: now },
      createdAt: now,
    }
  }

  private sealed(id: string, connection: ClusterConnection): Uint8Array {
    const plain = new TextEncoder().encode(JSON.stringify(connection))
    return this.deps.vault.seal('clusters', { table: 'clusters', row: id, column: 'credential' }, plain)
  }
}
