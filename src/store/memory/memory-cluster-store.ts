import { AppError } from '../../base/app-error.js'
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
    { id, project, version, connection }: ClusterRecord,
    sealedCredential: Uint8Array,
    record: MutationRecord,
  ): Promise<void> {
    const stored = this.#clusters.get(id)
    if (stored === undefined) throw new AppError('NOT_FOUND', 'The cluster does not exist (any more).')
    const { project: _project, version: _version, ...kept } = stored
    const changed = { ...(project && { project }), ...(version && { version }), connection }
    this.#clusters.set(id, { ...kept, ...changed })
    this.#credentials.set(id, sealedCredential)
    this.#ledger.write(record)
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
    if (server !== undefined) return clusters.find((cluster) => cluster.server === server)
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
