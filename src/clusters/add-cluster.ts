import { AppError, reasonOf } from '../base/app-error.js'
import type { Clock, NewId } from '../base/clock.js'
import { decide } from '../engine/access/decide.js'
import type { Principal } from '../engine/access/principal.js'
import type { ClusterIdentity } from '../kube/cluster.js'
import type { ClusterConnection } from '../kube/cluster-connector.js'
import { parseKubeconfig, type KubeconfigConnection } from '../kube/parse-kubeconfig.js'
import type { ClusterStore } from '../store/directory-stores.js'
import type { ClusterRecord } from '../store/records.js'
import type { Vault } from '../vault/vault.js'
import type { ClusterProbe } from './cluster-probe.js'
import { clusterObject } from './list-clusters.js'

export interface AddClusterDeps {
  readonly clusters: ClusterStore
  readonly probe: ClusterProbe
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
  /** A cluster that is connected already gets this credential instead of a refusal. */
  readonly upsert?: boolean
}

/** What is known of the wish before anybody is asked. */
interface Naming {
  readonly name: string
  readonly server: string
  /** The cluster that is connected already. */
  readonly known?: ClusterRecord
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
    const naming = await this.naming(principal, wish, { contextName, server: connection.server })
    const id = naming.known?.id ?? this.deps.newId()
    const identity = await this.identity(id, naming.name, connection)
    const record = await this.record(wish, { ...naming, id }, identity)
    const { clusters } = this.deps
    const sealed = this.sealed(id, connection)
    const written = {
      audit: {
        actor: principal.subject,
        action: naming.known === undefined ? 'add-cluster' : 'update-cluster',
        object: `cluster/${naming.name}`,
        details: { server: connection.server, uid: identity.uid },
        ...(record.project && { project: record.project }),
      },
      doorbells: [{ kind: 'cluster' as const, id }],
    }
    if (naming.known === undefined) await clusters.create(record, sealed, written)
    else await clusters.update(record, sealed, written)
    return record
  }

  private async naming(
    principal: Principal,
    wish: NewCluster,
    { contextName, server }: { readonly contextName: string; readonly server: string },
  ): Promise<Naming> {
    const known = await this.deps.clusters.byServerOrName(server, undefined)
    const name = wish.name ?? known?.name ?? contextName
    if (!NAME.test(name)) {
      throw new AppError(
        'BAD_USER_INPUT',
        `Cannot add the cluster: "${name}" cannot be its name. Use --name.`,
      )
    }
    refuse(principal, { action: 'create', name }, { server, ...(wish.project && { project: wish.project }) })
    if (known !== undefined) {
      refuseKnown(known, wish.upsert === true, name)
      refuse(principal, { action: 'update', name }, known)
      return { name, server, known }
    }
    await this.refuseTakenName(name)
    return { name, server }
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

  private async refuseTakenName(name: string): Promise<void> {
    const twin = await this.deps.clusters.byServerOrName(undefined, name)
    if (twin === undefined) return
    throw new AppError(
      'CONFLICT',
      `Cannot add cluster "${name}": a cluster with this name is connected at ${twin.server}. Use another name (--name).`,
    )
  }

  private async identity(id: string, name: string, connection: ClusterConnection): Promise<ClusterIdentity> {
    try {
      return await this.deps.probe.identity(id, connection)
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'UPSTREAM_CLUSTER'
      throw new AppError(
        code === 'FORBIDDEN' || code === 'UNAUTHENTICATED' ? 'UPSTREAM_CLUSTER' : code,
        `Cannot add cluster "${name}": ${connection.server} does not answer: ${reasonOf(error)}`,
        { cause: error },
      )
    }
  }

  /** One cluster behind two addresses would have two owners. */
  private async refuseTwin(naming: { readonly id: string; readonly name: string }, { uid }: ClusterIdentity) {
    const twin = (await this.deps.clusters.list()).find((one) => one.uid === uid && one.id !== naming.id)
    if (twin === undefined) return
    throw new AppError(
      'CONFLICT',
      `Cannot add cluster "${naming.name}": it is the same cluster as "${twin.name}" (${twin.server}), which is connected already. Use that one.`,
    )
  }

  private async record(
    wish: NewCluster,
    { known, ...naming }: Naming & { readonly id: string },
    identity: ClusterIdentity,
  ): Promise<ClusterRecord> {
    if (known?.uid !== undefined && known.uid !== identity.uid) throw anotherCluster(known, identity)
    await this.refuseTwin(naming, identity)
    const now = new Date(this.deps.clock.now()).toISOString()
    return {
      createdAt: now,
      ...known,
      ...naming,
      ...(wish.project && { project: wish.project }),
      ...identity,
      connection: { status: 'Successful', message: '', checkedAt: now },
    }
  }

  private sealed(id: string, connection: ClusterConnection): Uint8Array {
    const plain = new TextEncoder().encode(JSON.stringify(connection))
    return this.deps.vault.seal('clusters', { table: 'clusters', row: id, column: 'credential' }, plain)
  }
}

function refuse(
  principal: Principal,
  { action, name }: { readonly action: 'create' | 'update'; readonly name: string },
  cluster: { readonly server: string; readonly project?: string },
): void {
  const refused = decide(principal, 'clusters', action, clusterObject(cluster))
  if (refused !== undefined) throw new AppError('FORBIDDEN', `Cannot add cluster "${name}": ${refused}`)
}

function refuseKnown(known: ClusterRecord, upsert: boolean, name: string): void {
  if (!upsert) {
    throw new AppError(
      'CONFLICT',
      `Cannot add cluster "${name}": ${known.server} is connected already as "${known.name}". To give it a new credential, add it again with --upsert.`,
    )
  }
  if (name !== known.name) {
    throw new AppError(
      'CONFLICT',
      `Cannot change cluster "${known.name}": applications name it, so it cannot become "${name}". Leave --name out.`,
    )
  }
}

function anotherCluster({ name, server, uid }: ClusterRecord, found: ClusterIdentity): AppError {
  return new AppError(
    'CONFLICT',
    `Cannot change cluster "${name}": behind ${server} is another cluster now (kube-system uid ${found.uid}, known is ${uid}). Remove the cluster first if this is meant.`,
  )
}
