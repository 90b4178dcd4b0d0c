import { AppError } from '../../base/app-error.js'
import { canonicalServer } from '../../engine/address/canonical-server.js'
import { sourcesOf, type Application, type Deletion } from '../../engine/application/application.js'
import { resourceKeyText } from '../../engine/manifest/resource-key.js'
import type { ApplicationStatus } from '../../engine/status/application-status.js'
import { ApplicationStore } from '../application-store.js'
import { normalizedUrl } from '../normalized-url.js'
import type { Desired, Fences, ManagedObject, MutationRecord } from '../records.js'
import type { Ledger } from './ledger.js'
import type { MemoryLeaseStore } from './memory-lease-store.js'

/** The rows, shared with the list. */
export interface ApplicationRows {
  readonly applications: Map<string, Application>
  readonly desired: Map<string, Desired>
  readonly statuses: Map<string, ApplicationStatus>
  /** Sequence of the flush that saved each status. */
  readonly sequences: Map<string, number>
  nextSequence(): number
  /** By application, then by resource key. */
  readonly managed: Map<string, Map<string, ManagedObject>>
  readonly fieldSets: Map<string, string>
}

export function emptyApplicationRows(): ApplicationRows {
  let sequence = 0
  return {
    applications: new Map(),
    desired: new Map(),
    statuses: new Map(),
    sequences: new Map(),
    nextSequence: () => (sequence += 1),
    managed: new Map(),
    fieldSets: new Map(),
  }
}

/** Objects of applications that were removed meanwhile are left out. */
export function keepManaged(rows: ApplicationRows, objects: readonly ManagedObject[]): void {
  for (const object of objects) {
    if (!rows.applications.has(object.applicationId)) continue
    const inventory = rows.managed.get(object.applicationId) ?? new Map<string, ManagedObject>()
    inventory.set(resourceKeyText(object), object)
    rows.managed.set(object.applicationId, inventory)
  }
}

export interface MemoryApplicationStoreDeps {
  readonly rows: ApplicationRows
  readonly ledger: Ledger
  readonly leases: MemoryLeaseStore
}

export class MemoryApplicationStore extends ApplicationStore {
  readonly #rows: ApplicationRows
  readonly #ledger: Ledger
  readonly #leases: MemoryLeaseStore
  readonly #byKey = new Map<string, string>()

  constructor({ rows, ledger, leases }: MemoryApplicationStoreDeps) {
    super()
    this.#rows = rows
    this.#ledger = ledger
    this.#leases = leases
  }

  override async create(
    application: Application,
    record: MutationRecord,
    idempotencyKey?: string,
  ): Promise<void> {
    if (idempotencyKey !== undefined && (await this.byIdempotencyKey(idempotencyKey)) !== undefined) {
      throw new AppError('CONFLICT', 'This request was carried out already.')
    }
    if (this.#rows.applications.has(application.id) || this.#named(application) !== undefined) {
      throw new AppError('CONFLICT', 'An application with this name exists already in this namespace.')
    }
    this.#rows.applications.set(application.id, application)
    if (idempotencyKey !== undefined) this.#byKey.set(idempotencyKey, application.id)
    this.#ledger.write(record)
  }

  override async byIdempotencyKey(key: string): Promise<Application | undefined> {
    return this.#rows.applications.get(this.#byKey.get(key) ?? '')
  }

  override async update(application: Application, record: MutationRecord): Promise<void> {
    const stored = this.#rows.applications.get(application.id)
    if (stored?.generation !== application.generation - 1) {
      throw new AppError(
        'CONFLICT',
        `Cannot change application "${application.name}": somebody else changed or removed it meanwhile.`,
      )
    }
    const { labels, annotations, spec, generation } = application
    this.#rows.applications.set(stored.id, { ...stored, labels, annotations, spec, generation })
    this.#ledger.write(record)
  }

  override async annotate(
    id: string,
    annotations: Readonly<Record<string, string>>,
    record: MutationRecord,
  ): Promise<void> {
    const stored = this.#rows.applications.get(id)
    if (stored === undefined)
      throw new AppError('NOT_FOUND', 'Cannot annotate the application: it does not exist.')
    this.#rows.applications.set(id, { ...stored, annotations: { ...stored.annotations, ...annotations } })
    this.#ledger.write(record)
  }

  override async markDeleting(id: string, deletion: Deletion, record: MutationRecord): Promise<void> {
    const stored = this.#rows.applications.get(id)
    if (stored === undefined) {
      throw new AppError('NOT_FOUND', 'Cannot delete the application: it does not exist.')
    }
    this.#rows.applications.set(id, { ...stored, deletion })
    this.#ledger.write(record)
  }

  override async remove(id: string, record: MutationRecord, fence?: Fences): Promise<void> {
    this.#leases.refuseOutdated(fence)
    if (!this.#rows.applications.delete(id)) return
    this.#rows.desired.delete(id)
    this.#rows.statuses.delete(id)
    this.#rows.sequences.delete(id)
    this.#rows.managed.delete(id)
    this.#ledger.write(record)
  }

  override async get(id: string): Promise<Application | undefined> {
    return this.#rows.applications.get(id)
  }

  override async getMany(ids: readonly string[]): Promise<readonly Application[]> {
    const wanted = new Set(ids)
    return this.#filtered(({ id }) => wanted.has(id))
  }

  override async byName(namespace: string, name: string): Promise<Application | undefined> {
    return this.#named({ namespace, name })
  }

  override async byRepository(url: string): Promise<readonly Application[]> {
    const wanted = normalizedUrl(url)
    return this.#filtered(({ spec }) =>
      sourcesOf(spec).some(({ repoURL }) => normalizedUrl(repoURL) === wanted),
    )
  }

  override async byCluster(cluster: {
    readonly server: string
    readonly name: string
  }): Promise<readonly Application[]> {
    return this.#filtered(
      ({ spec: { destination } }) =>
        (destination.server !== undefined &&
          canonicalServer(destination.server) === canonicalServer(cluster.server)) ||
        destination.name === cluster.name,
    )
  }

  override async idsOfProject(project: string): Promise<readonly string[]> {
    const found = await this.#filtered(({ spec }) => spec.project === project)
    return found.map(({ id }) => id).sort()
  }

  override async desired(id: string): Promise<Desired | undefined> {
    return this.#rows.desired.get(id)
  }

  override async desiredMany(ids: readonly string[]): Promise<readonly Desired[]> {
    return pick(this.#rows.desired, ids)
  }

  override async saveDesired(batch: readonly Desired[], fence?: Fences): Promise<void> {
    this.#leases.refuseOutdated(fence)
    const known = batch.filter(({ applicationId }) => this.#rows.applications.has(applicationId))
    for (const desired of known) this.#rows.desired.set(desired.applicationId, desired)
    this.#ledger.ring(known.map(({ applicationId }) => ({ kind: 'application', id: applicationId })))
  }

  override async status(id: string): Promise<ApplicationStatus | undefined> {
    return this.#rows.statuses.get(id)
  }

  override async statuses(ids: readonly string[]): Promise<readonly ApplicationStatus[]> {
    return pick(this.#rows.statuses, ids)
  }

  override async saveStatuses(batch: readonly ApplicationStatus[], fence?: Fences): Promise<number> {
    this.#leases.refuseOutdated(fence)
    const sequence = this.#rows.nextSequence()
    for (const status of batch) {
      if (this.#rows.applications.has(status.applicationId)) {
        this.#rows.statuses.set(status.applicationId, status)
        this.#rows.sequences.set(status.applicationId, sequence)
      }
    }
    return sequence
  }

  override async inventory(applicationId: string): Promise<readonly ManagedObject[]> {
    return [...(this.#rows.managed.get(applicationId)?.values() ?? [])].sort((a, b) =>
      compareText(resourceKeyText(a), resourceKeyText(b)),
    )
  }

  override async inventories(applicationIds: readonly string[]): Promise<readonly ManagedObject[]> {
    return (await Promise.all(applicationIds.map((id) => this.inventory(id)))).flat()
  }

  override async saveManaged(objects: readonly ManagedObject[], fence?: Fences): Promise<void> {
    this.#leases.refuseOutdated(fence)
    keepManaged(this.#rows, objects)
  }

  override async removeManaged(objects: readonly ManagedObject[], fence?: Fences): Promise<void> {
    this.#leases.refuseOutdated(fence)
    for (const object of objects) {
      this.#rows.managed.get(object.applicationId)?.delete(resourceKeyText(object))
    }
  }

  override async fieldSets(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return new Map(
      ids.flatMap((id) => {
        const content = this.#rows.fieldSets.get(id)
        return content === undefined ? [] : [[id, content]]
      }),
    )
  }

  override async saveFieldSets(sets: ReadonlyMap<string, string>): Promise<void> {
    for (const [id, content] of sets) this.#rows.fieldSets.set(id, content)
  }

  #named(wanted: { readonly namespace: string; readonly name: string }): Application | undefined {
    return this.#filtered(({ namespace, name }) => namespace === wanted.namespace && name === wanted.name)[0]
  }

  #filtered(wanted: (application: Application) => boolean): readonly Application[] {
    return [...this.#rows.applications.values()].filter(wanted).sort(compareApplications)
  }
}

/** By name, then namespace, by bytes of ASCII: the order of the list. */
export function compareApplications(
  a: { readonly name: string; readonly namespace: string },
  b: { readonly name: string; readonly namespace: string },
): number {
  return compareText(a.name, b.name) || compareText(a.namespace, b.namespace)
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function pick<T>(rows: ReadonlyMap<string, T>, ids: readonly string[]): readonly T[] {
  return [...new Set(ids)].flatMap((id) => {
    const row = rows.get(id)
    return row === undefined ? [] : [row]
  })
}
