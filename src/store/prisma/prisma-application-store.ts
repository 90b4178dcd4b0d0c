import { AppError } from '../../base/app-error.js'
import { canonicalServer } from '../../engine/address/canonical-server.js'
import { sourcesOf, type Application, type Deletion } from '../../engine/application/application.js'
import type { ApplicationStatus } from '../../engine/status/application-status.js'
import { ApplicationStore } from '../application-store.js'
import { listColumns } from '../list-columns.js'
import { normalizedUrl } from '../normalized-url.js'
import type { Desired, Fences, ManagedObject, MutationRecord } from '../records.js'
import { toApplication, type ApplicationRow } from './application-row.js'
import type { Database } from './database.js'
import { desiredMany, saveDesired } from './desired-rows.js'
import { FENCE_HOLDS } from './fence.js'
import { inventories, removeManaged, saveManaged } from './managed-rows.js'
import { saveStatuses, statuses } from './status-rows.js'

/** `spec` is the truth; the columns beside it are for filters and are written together with it. */
const WRITE_COLUMNS = `labels, annotations, spec, project, destination_server, destination_name, repositories,
  head_ref, pinned, destination_namespace, auto_sync, search`

export class PrismaApplicationStore extends ApplicationStore {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async create(
    application: Application,
    record: MutationRecord,
    idempotencyKey?: string,
  ): Promise<void> {
    const { id, namespace, name, generation, createdAt } = application
    await this.#database.change(
      {
        name: 'application-create',
        ctes: `change AS (INSERT INTO applications (id, namespace, name, generation, created_at, ${WRITE_COLUMNS}, idempotency_key)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) RETURNING 1)`,
        values: [
          id,
          namespace,
          name,
          generation,
          createdAt,
          ...writeValues(application),
          idempotencyKey ?? null,
        ],
      },
      record,
    )
  }

  override async update(application: Application, record: MutationRecord): Promise<void> {
    const changed = await this.#database.change(
      {
        name: 'application-update',
        ctes: `change AS (UPDATE applications SET generation = $2, (${WRITE_COLUMNS}) =
          ROW($3::jsonb, $4::jsonb, $5::jsonb, $6::text, $7::text, $8::text, $9::text[],
            $10::text, $11::boolean, $12::text, $13::boolean, $14::text)
          WHERE id = $1 AND generation = $2 - 1 RETURNING 1)`,
        values: [application.id, application.generation, ...writeValues(application)],
      },
      record,
    )
    if (changed === 0) throw changedMeanwhile(application)
  }

  override async annotate(
    id: string,
    annotations: Readonly<Record<string, string>>,
    record: MutationRecord,
  ): Promise<void> {
    const changed = await this.#database.change(
      {
        name: 'application-annotate',
        ctes: 'change AS (UPDATE applications SET annotations = annotations || $2::jsonb WHERE id = $1 RETURNING 1)',
        values: [id, JSON.stringify(annotations)],
      },
      record,
    )
    if (changed === 0) throw new AppError('NOT_FOUND', 'Cannot annotate the application: it does not exist.')
  }

  override async markDeleting(id: string, deletion: Deletion, record: MutationRecord): Promise<void> {
    const changed = await this.#database.change(
      {
        name: 'application-mark-deleting',
        ctes: 'change AS (UPDATE applications SET deletion = $2::jsonb WHERE id = $1 RETURNING 1)',
        values: [id, JSON.stringify(deletion)],
      },
      record,
    )
    if (changed === 0) throw new AppError('NOT_FOUND', 'Cannot delete the application: it does not exist.')
  }

  override async remove(id: string, record: MutationRecord, fence?: Fences): Promise<void> {
    await this.#database.change(
      {
        name: 'application-remove',
        fence,
        ctes: `change AS (DELETE FROM applications WHERE id = $1 AND ${FENCE_HOLDS} RETURNING 1)`,
        values: [id],
      },
      record,
    )
  }

  override async get(id: string): Promise<Application | undefined> {
    return (await this.getMany([id]))[0]
  }

  override getMany(ids: readonly string[]): Promise<readonly Application[]> {
    return this.#select('application-get', 'id = ANY($1::text[])', [ids])
  }

  override async byName(namespace: string, name: string): Promise<Application | undefined> {
    return (await this.#select('application-by-name', 'name = $1 AND namespace = $2', [name, namespace]))[0]
  }

  override async byIdempotencyKey(key: string): Promise<Application | undefined> {
    return (await this.#select('application-by-idempotency-key', 'idempotency_key = $1', [key]))[0]
  }

  override byRepository(url: string): Promise<readonly Application[]> {
    return this.#select('application-by-repository', 'repositories @> ARRAY[$1::text]', [normalizedUrl(url)])
  }

  override byCluster(cluster: {
    readonly server: string
    readonly name: string
  }): Promise<readonly Application[]> {
    return this.#select('application-by-cluster', 'destination_server = $1 OR destination_name = $2', [
      canonicalServer(cluster.server),
      cluster.name,
    ])
  }

  override async idsOfProject(project: string): Promise<readonly string[]> {
    const rows = await this.#database.rows<{ readonly id: string }>({
      name: 'application-ids-of-project',
      text: 'SELECT id FROM applications WHERE project = $1 ORDER BY id',
      values: [project],
    })
    return rows.map(({ id }) => id)
  }

  override async desired(id: string): Promise<Desired | undefined> {
    return (await desiredMany(this.#database, [id]))[0]
  }

  override desiredMany(ids: readonly string[]): Promise<readonly Desired[]> {
    return desiredMany(this.#database, ids)
  }

  override saveDesired(batch: readonly Desired[], fence?: Fences): Promise<void> {
    return saveDesired(this.#database, batch, fence)
  }

  override async status(id: string): Promise<ApplicationStatus | undefined> {
    return (await statuses(this.#database, [id]))[0]
  }

  override statuses(ids: readonly string[]): Promise<readonly ApplicationStatus[]> {
    return statuses(this.#database, ids)
  }

  override saveStatuses(batch: readonly ApplicationStatus[], fence?: Fences): Promise<number> {
    return saveStatuses(this.#database, batch, fence)
  }

  override inventory(applicationId: string): Promise<readonly ManagedObject[]> {
    return inventories(this.#database, [applicationId])
  }

  override inventories(applicationIds: readonly string[]): Promise<readonly ManagedObject[]> {
    return inventories(this.#database, applicationIds)
  }

  override saveManaged(objects: readonly ManagedObject[], fence?: Fences): Promise<void> {
    return saveManaged(this.#database, objects, fence)
  }

  override removeManaged(objects: readonly ManagedObject[], fence?: Fences): Promise<void> {
    return removeManaged(this.#database, objects, fence)
  }

  override async fieldSets(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#database.rows<{ id: string; content: string }>({
      name: 'field-sets-get',
      text: 'SELECT id, content FROM field_sets WHERE id = ANY($1::text[])',
      values: [ids],
    })
    return new Map(rows.map(({ id, content }) => [id, content]))
  }

  override async saveFieldSets(sets: ReadonlyMap<string, string>): Promise<void> {
    if (sets.size === 0) return
    await this.#database.rows({
      name: 'field-sets-save',
      text: `INSERT INTO field_sets (id, content) SELECT * FROM unnest($1::text[], $2::text[])
        ON CONFLICT (id) DO UPDATE SET unused_since = NULL WHERE field_sets.unused_since IS NOT NULL`,
      values: [[...sets.keys()], [...sets.values()]],
    })
  }

  async #select(name: string, where: string, values: readonly unknown[]): Promise<readonly Application[]> {
    const text = `SELECT id, namespace, name, labels, annotations, spec, generation, deletion, created_at
      FROM applications WHERE ${where} ORDER BY name, namespace`
    return (await this.#database.rows<ApplicationRow>({ name, text, values })).map(toApplication)
  }
}

/** Values of WRITE_COLUMNS, in order. */
function writeValues(application: Application): readonly unknown[] {
  const { labels, annotations, spec } = application
  const { headRef, pinned, destinationNamespace, autoSync, search } = listColumns(application)
  return [
    JSON.stringify(labels),
    JSON.stringify(annotations),
    JSON.stringify(spec),
    spec.project,
    spec.destination.server === undefined ? null : canonicalServer(spec.destination.server),
    spec.destination.name ?? null,
    [...new Set(sourcesOf(spec).map(({ repoURL }) => normalizedUrl(repoURL)))],
    headRef ?? null,
    pinned,
    destinationNamespace ?? null,
    autoSync,
    search,
  ]
}

function changedMeanwhile({ name }: Application): AppError {
  return new AppError(
    'CONFLICT',
    `Cannot change application "${name}": somebody else changed or removed it meanwhile. Load it again and repeat the change.`,
  )
}
