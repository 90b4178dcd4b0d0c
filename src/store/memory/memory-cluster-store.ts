import { AppError } from '../../base/app-error.js'
import { canonicalServer } from '../../engine/address/canonical-server.js'
import { ClusterStore, type ClusterContact } from '../directory-stores.js'
import type { ClusterRecord, ConnectionState, MutationRecord } from '../records.js'
import type { Ledger } from './ledger.js'
import type { MemoryLeaseStore } from './memory-lease-store.js'

export class MemoryClusterStore extends ClusterStore {
  readonly #ledger: Ledger
  readonly #leases: MemoryLeaseStore
  readonly #clusters = new Map<string, ClusterRecord>()
  readonly #credentials = new Map<string, Uint8Array>()

  constructor(ledger: Ledger, leases: MemoryLeaseStore) {
    super()
    this.#ledger = ledger
    this.#leases = leases
  }

  override async create(
    cluster: ClusterRecord,
    sealedCredential: Uint8Array,
    record: MutationRecord,
  ): Promise<void> {
    const taken = [...this.#clusters.values()].some(
      ({ name, server }) => name === cluster.name || server === cluster.server,
    )
    if (taken) throw new AppError('CONFLICT', 'A cluster with this name or server address exists already.')
    this.#clusters.set(cluster.id, cluster)
    this.#credentials.set(cluster.id, sealedCredential)
    this.#ledger.write(record)
  }

  override async update(
    cluster: ClusterRecord,
    sealedCredential: Uint8Array,
    record: MutationRecord,
  ): Promise<void> {
    const { id, version, connection } = cluster
    const { version: _version, ...kept } = this.#described(cluster)
    this.#clusters.set(id, { ...kept, ...(version && { version }), connection })
    this.#credentials.set(id, sealedCredential)
    this.#ledger.write(record)
  }

  override async describe(cluster: ClusterRecord, record: MutationRecord): Promise<void> {
    this.#clusters.set(cluster.id, this.#described(cluster))
    this.#ledger.write(record)
  }

  #described({ id, project, namespaces, labels, annotations }: ClusterRecord): ClusterRecord {
    const stored = this.#clusters.get(id)
    if (stored === undefined) throw new AppError('NOT_FOUND', 'The cluster does not exist (any more).')
    const { project: _p, namespaces: _n, labels: _l, annotations: _a, ...kept } = stored
    return {
      ...kept,
      ...(project && { project }),
      ...(namespaces && { namespaces }),
      ...(labels && Object.keys(labels).length > 0 && { labels }),
      ...(annotations && Object.keys(annotations).length > 0 && { annotations }),
    }
  }

  override async remove(id: string, record: MutationRecord): Promise<void> {
    if (!this.#clusters.delete(id)) throw new AppError('NOT_FOUND', 'The cluster does not exist (any more).')
    this.#credentials.delete(id)
    this.#ledger.write(record)
  }

  override async get(id: string): Promise<ClusterRecord | undefined> {
    return this.#clusters.get(id)
  }

  override async byServerOrName(
    server: string | undefined,
    name: string | undefined,
  ): Promise<ClusterRecord | undefined> {
    const clusters = [...this.#clusters.values()]
    if (server !== undefined) {
      const wanted = canonicalServer(server)
      return clusters.find((cluster) => canonicalServer(cluster.server) === wanted)
    }
    return name === undefined ? undefined : clusters.find((cluster) => cluster.name === name)
  }

  override async list(): Promise<readonly ClusterRecord[]> {
    return [...this.#clusters.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  override async credential(id: string): Promise<Uint8Array | undefined> {
    return this.#credentials.get(id)
  }

  override async saveConnection(
    id: string,
    connection: ConnectionState,
    { identity, fence }: ClusterContact = {},
  ): Promise<void> {
    this.#leases.refuseOutdated(fence)
    const stored = this.#clusters.get(id)
    if (stored === undefined) return
    const pinned =
      identity === undefined ? {} : { uid: stored.uid ?? identity.uid, version: identity.version }
    this.#clusters.set(id, { ...stored, connection, ...pinned })
  }

  override async setWritesPaused(id: string, paused: boolean, record: MutationRecord): Promise<void> {
    const stored = this.#clusters.get(id)
    if (stored === undefined) throw new AppError('NOT_FOUND', 'The cluster does not exist (any more).')
    const { writesPaused: _before, ...rest } = stored
    this.#clusters.set(id, { ...rest, ...(paused ? { writesPaused: true } : {}) })
    this.#ledger.write(record)
  }
}
