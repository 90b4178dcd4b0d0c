import { AppError } from '../../base/app-error.js'
import type { Project } from '../../engine/project/project.js'
import type { Doorbell } from '../../queue/doorbell-queue.js'
import { AuditStore, OutboxStore, ProjectStore, RenderStore, SettingStore } from '../directory-stores.js'
import type { AuditEvent, MutationRecord } from '../records.js'
import type { WaitingDoorbell } from '../pending-work.js'
import type { Ledger } from './ledger.js'
import type { ApplicationRows } from './memory-application-store.js'
import type { MemoryPendingWork } from './memory-pending-work.js'

export class MemoryProjectStore extends ProjectStore {
  readonly #ledger: Ledger
  readonly #projects = new Map<string, Project>()
  readonly #onUpdate: ((project: Project) => void)[] = []

  constructor(ledger: Ledger) {
    super()
    this.#ledger = ledger
  }

  override async create(project: Project, record: MutationRecord): Promise<void> {
    if (this.#named(project.name) !== undefined) {
      throw new AppError('CONFLICT', 'A project with this name exists already.')
    }
    this.#projects.set(project.id, project)
    this.#ledger.write(record)
  }

  override async update(project: Project, record: MutationRecord): Promise<void> {
    const stored = this.#projects.get(project.id)
    if (stored === undefined) throw new AppError('NOT_FOUND', 'The project does not exist (any more).')
    this.#projects.set(project.id, { ...project, name: stored.name })
    for (const listener of this.#onUpdate) listener(project)
    this.#ledger.write(record)
  }

  /** What goes with it, as in one transaction. */
  onUpdate(listener: (project: Project) => void): void {
    this.#onUpdate.push(listener)
  }

  override async remove(id: string, record: MutationRecord): Promise<void> {
    if (!this.#projects.delete(id)) throw new AppError('NOT_FOUND', 'The project does not exist (any more).')
    this.#ledger.write(record)
  }

  override async byName(name: string): Promise<Project | undefined> {
    return this.#named(name)
  }

  override async list(): Promise<readonly Project[]> {
    return [...this.#projects.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  #named(name: string): Project | undefined {
    return [...this.#projects.values()].find((project) => project.name === name)
  }
}

export class MemoryRenderStore extends RenderStore {
  readonly #renders = new Map<string, Uint8Array>()

  override async get(key: string): Promise<Uint8Array | undefined> {
    return this.#renders.get(key)
  }

  override async getMany(keys: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return new Map(
      keys.flatMap((key) => {
        const sealed = this.#renders.get(key)
        return sealed === undefined ? [] : [[key, sealed]]
      }),
    )
  }

  override async has(keys: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(keys.filter((key) => this.#renders.has(key)))
  }

  override async put(renders: ReadonlyMap<string, Uint8Array>): Promise<void> {
    for (const [key, sealed] of renders) if (!this.#renders.has(key)) this.#renders.set(key, sealed)
  }
}

export class MemoryOutboxStore extends OutboxStore {
  readonly #ledger: Ledger
  readonly #rows: ApplicationRows
  readonly #pendingWork: MemoryPendingWork
  readonly #claimed = new Set<string>()

  constructor(ledger: Ledger, rows: ApplicationRows, pendingWork: MemoryPendingWork) {
    super()
    this.#ledger = ledger
    this.#rows = rows
    this.#pendingWork = pendingWork
  }

  override async pending(
    limit: number,
  ): Promise<readonly { readonly id: string; readonly doorbell: Doorbell }[]> {
    return [...this.#ledger.outbox].slice(0, limit).map(([id, doorbell]) => ({ id, doorbell }))
  }

  override async deliver(
    limit: number,
    ring: (doorbells: readonly WaitingDoorbell[]) => Promise<void>,
  ): Promise<number> {
    const claimed = [...this.#ledger.outbox].filter(([id]) => !this.#claimed.has(id)).slice(0, limit)
    if (claimed.length === 0) return 0
    for (const [id] of claimed) this.#claimed.add(id)
    try {
      await ring(await Promise.all(claimed.map(([, doorbell]) => this.#waiting(doorbell))))
      for (const [id] of claimed) this.#ledger.outbox.delete(id)
    } finally {
      for (const [id] of claimed) this.#claimed.delete(id)
    }
    return claimed.length
  }

  async #waiting(doorbell: Doorbell): Promise<WaitingDoorbell> {
    if (doorbell.kind !== 'application') return doorbell
    const application = this.#rows.applications.get(doorbell.id)
    if (application !== undefined) return this.#pendingWork.waiting(application)
    return { kind: 'application', id: doorbell.id, clusterId: undefined, isUnrendered: false }
  }

  override onCommit(listener: () => void): void {
    this.#ledger.onCommit(listener)
  }
}

export class MemoryAuditStore extends AuditStore {
  readonly #ledger: Ledger

  constructor(ledger: Ledger) {
    super()
    this.#ledger = ledger
  }

  override async append(record: MutationRecord): Promise<void> {
    this.#ledger.write(record)
  }

  override async list(limit: number): Promise<readonly AuditEvent[]> {
    return this.#ledger.events.toReversed().slice(0, limit)
  }
}

export class MemorySettingStore extends SettingStore {
  readonly #ledger: Ledger
  readonly #settings = new Map<string, string>()
  readonly #deliveries = new Set<string>()

  constructor(ledger: Ledger) {
    super()
    this.#ledger = ledger
  }

  override async get(name: string): Promise<string | undefined> {
    return this.#settings.get(name)
  }

  override async getOrCreate(name: string, make: () => string): Promise<string> {
    const stored = this.#settings.get(name) ?? make()
    this.#settings.set(name, stored)
    return stored
  }

  override async set(name: string, value: string, record: MutationRecord): Promise<void> {
    this.#settings.set(name, value)
    this.#ledger.write(record)
  }

  override async firstDelivery(id: string): Promise<boolean> {
    const isNew = !this.#deliveries.has(id)
    this.#deliveries.add(id)
    return isNew
  }
}
