import { AppError } from '../../base/app-error.js'
import { RepositoryStore, type RepositoryLook } from '../directory-stores.js'
import type { ConnectionState, Fences, MutationRecord, RepositoryHead, RepositoryRecord } from '../records.js'
import type { Ledger } from './ledger.js'
import type { MemoryLeaseStore } from './memory-lease-store.js'

export class MemoryRepositoryStore extends RepositoryStore {
  readonly #ledger: Ledger
  readonly #leases: MemoryLeaseStore
  readonly #repositories = new Map<string, RepositoryRecord>()
  readonly #credentials = new Map<string, Uint8Array>()
  readonly #heads = new Map<string, Map<string, RepositoryHead>>()

  constructor(ledger: Ledger, leases: MemoryLeaseStore) {
    super()
    this.#ledger = ledger
    this.#leases = leases
  }

  override async create(
    repository: RepositoryRecord,
    sealedCredential: Uint8Array | undefined,
    record: MutationRecord,
  ): Promise<void> {
    if (this.#at(repository.normalizedUrl) !== undefined) {
      throw new AppError('CONFLICT', 'A repository with this URL exists already.')
    }
    this.#repositories.set(repository.id, { ...repository, hasPassword: sealedCredential !== undefined })
    if (sealedCredential !== undefined) this.#credentials.set(repository.id, sealedCredential)
    this.#ledger.write(record)
  }

  override async update(
    repository: RepositoryRecord,
    sealedCredential: Uint8Array | undefined,
    record: MutationRecord,
  ): Promise<void> {
    const { id } = repository
    const stored = this.#repositories.get(id)
    if (stored === undefined) throw new AppError('NOT_FOUND', 'The repository does not exist (any more).')
    const { url, normalizedUrl, createdAt } = stored
    const hasPassword = sealedCredential !== undefined
    this.#repositories.set(id, { ...repository, url, normalizedUrl, createdAt, hasPassword })
    if (sealedCredential === undefined) this.#credentials.delete(id)
    else this.#credentials.set(id, sealedCredential)
    this.#ledger.write(record)
  }

  override async remove(id: string, record: MutationRecord): Promise<void> {
    if (!this.#repositories.delete(id)) {
      throw new AppError('NOT_FOUND', 'The repository does not exist (any more).')
    }
    this.#credentials.delete(id)
    this.#heads.delete(id)
    this.#ledger.write(record)
  }

  override async get(id: string): Promise<RepositoryRecord | undefined> {
    return this.#repositories.get(id)
  }

  override async byUrl(normalizedUrl: string): Promise<RepositoryRecord | undefined> {
    return this.#at(normalizedUrl)
  }

  override async list(): Promise<readonly RepositoryRecord[]> {
    return [...this.#repositories.values()].sort((a, b) => (a.normalizedUrl < b.normalizedUrl ? -1 : 1))
  }

  override async credential(id: string): Promise<Uint8Array | undefined> {
    return this.#credentials.get(id)
  }

  override async saveConnection(id: string, connection: ConnectionState, fence?: Fences): Promise<void> {
    this.#leases.refuseOutdated(fence)
    const stored = this.#repositories.get(id)
    if (stored !== undefined) this.#repositories.set(id, { ...stored, connection })
  }

  override async heads(repositoryId: string): Promise<readonly RepositoryHead[]> {
    return [...(this.#heads.get(repositoryId)?.values() ?? [])].sort((a, b) => (a.ref < b.ref ? -1 : 1))
  }

  override async saveHeads(
    repositoryId: string,
    { refs, checkedAt }: RepositoryLook,
    fence?: Fences,
  ): Promise<readonly RepositoryHead[]> {
    this.#leases.refuseOutdated(fence)
    if (refs.size > 0 && !this.#repositories.has(repositoryId)) {
      throw new AppError('NOT_FOUND', 'The repository does not exist (any more).')
    }
    const heads = this.#heads.get(repositoryId) ?? new Map<string, RepositoryHead>()
    this.#heads.set(repositoryId, heads)
    const changed: RepositoryHead[] = []
    for (const [ref, commit] of refs) {
      const known = heads.get(ref)
      const moved = known?.commit !== commit
      const head = {
        repositoryId,
        ref,
        commit,
        sequence: (known?.sequence ?? 0) + (moved ? 1 : 0),
        checkedAt,
      }
      heads.set(ref, head)
      if (moved) changed.push(head)
    }
    return changed.sort((a, b) => (a.ref < b.ref ? -1 : 1))
  }

  #at(normalizedUrl: string): RepositoryRecord | undefined {
    return [...this.#repositories.values()].find((repository) => repository.normalizedUrl === normalizedUrl)
  }
}
