import { canonicalServer } from '../../engine/address/canonical-server.js'
import { ClusterStore, type ClusterContact } from '../directory-stores.js'
import { JoinedReads } from '../joined-reads.js'
import type { ClusterRecord, ConnectionState, MutationRecord } from '../records.js'
import { connectionColumns, ownBytes, toConnection } from './connection-columns.js'
import type { Database } from './database.js'
import { FENCE_HOLDS } from './fence.js'
import type { Cluster as ClusterRow } from './generated/client.js'

/** Everything but the credential, which only `credential` reads. */
const OPEN_COLUMNS = { sealedCredential: true } as const
const OPEN_SQL = `id, name, server, project, uid, version, connection_status AS "connectionStatus",
  connection_message AS "connectionMessage", connection_stage AS "connectionStage", checked_at AS "checkedAt", created_at AS "createdAt", writes_paused AS "writesPaused",
  namespaces, labels, annotations`

export class PrismaClusterStore extends ClusterStore {
  readonly #database: Database
  readonly #joined = new JoinedReads()

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async create(
    cluster: ClusterRecord,
    sealedCredential: Uint8Array,
    record: MutationRecord,
  ): Promise<void> {
    const { id, name, uid, version, connection, createdAt } = cluster
    const server = canonicalServer(cluster.server)
    const write = this.#database.prisma.cluster.create({
      data: {
        id,
        name,
        server,
        uid: uid ?? null,
        version: version ?? null,
        sealedCredential: ownBytes(sealedCredential),
        ...describedColumns(cluster),
        ...connectionColumns(connection),
        createdAt: new Date(createdAt),
      },
    })
    await this.#database.prismaChange([write], record)
  }

  override async update(
    cluster: ClusterRecord,
    sealedCredential: Uint8Array,
    record: MutationRecord,
  ): Promise<void> {
    const { id, version, connection } = cluster
    const write = this.#database.prisma.cluster.update({
      where: { id },
      data: {
        ...describedColumns(cluster),
        version: version ?? null,
        sealedCredential: ownBytes(sealedCredential),
        ...connectionColumns(connection),
      },
    })
    await this.#database.prismaChange([write], record)
  }

  override async describe(cluster: ClusterRecord, record: MutationRecord): Promise<void> {
    const { id } = cluster
    const write = this.#database.prisma.cluster.update({ where: { id }, data: describedColumns(cluster) })
    await this.#database.prismaChange([write], record)
  }

  override async remove(id: string, record: MutationRecord): Promise<void> {
    await this.#database.prismaChange([this.#database.prisma.cluster.delete({ where: { id } })], record)
  }

  override async get(id: string): Promise<ClusterRecord | undefined> {
    return this.#first('id', id)
  }

  override async byServerOrName(
    server: string | undefined,
    name: string | undefined,
  ): Promise<ClusterRecord | undefined> {
    if (server !== undefined) return this.#first('server', canonicalServer(server))
    return name === undefined ? undefined : this.#first('name', name)
  }

  override async list(): Promise<readonly ClusterRecord[]> {
    const rows = await this.#database.read((prisma) =>
      prisma.cluster.findMany({ orderBy: { name: 'asc' }, omit: OPEN_COLUMNS }),
    )
    return rows.map(toCluster)
  }

  override async credential(id: string): Promise<Uint8Array | undefined> {
    const row = await this.#database.read((prisma) =>
      prisma.cluster.findUnique({ where: { id }, select: { sealedCredential: true } }),
    )
    return row?.sealedCredential
  }

  /** One statement: the uid is written only where none is. */
  override async saveConnection(
    id: string,
    connection: ConnectionState,
    { identity, fence }: ClusterContact = {},
  ): Promise<void> {
    await this.#database.fenced({
      name: 'cluster-save-connection',
      fence,
      ctes: `change AS (UPDATE clusters
        SET connection_status = $2::text, connection_message = $3::text, checked_at = $4::timestamptz,
          uid = COALESCE(uid, $5::text), version = COALESCE($6::text, version), connection_stage = $7::text
        WHERE id = $1::text AND ${FENCE_HOLDS} RETURNING 1)`,
      values: [
        id,
        connection.status,
        connection.message,
        connection.checkedAt ?? null,
        identity?.uid ?? null,
        identity?.version ?? null,
        connection.stage ?? null,
      ],
    })
  }

  override async setWritesPaused(id: string, paused: boolean, record: MutationRecord): Promise<void> {
    const write = this.#database.prisma.cluster.update({ where: { id }, data: { writesPaused: paused } })
    await this.#database.prismaChange([write], record)
  }

  /** Asked for every application that is compared: typed SQL, and equal questions at the same moment are one. */
  #first(column: 'id' | 'server' | 'name', value: string): Promise<ClusterRecord | undefined> {
    return this.#joined.run(`${column} ${value}`, async () => {
      const row = await this.#database.first<Omit<ClusterRow, 'sealedCredential'>>({
        name: `cluster-by-${column}`,
        text: `SELECT ${OPEN_SQL} FROM clusters WHERE ${column} = $1`,
        values: [value],
      })
      return row === undefined ? undefined : toCluster(row)
    })
  }
}

function describedColumns({ project, namespaces, labels, annotations }: ClusterRecord) {
  return {
    project: project ?? null,
    namespaces: [...(namespaces ?? [])],
    labels: { ...labels },
    annotations: { ...annotations },
  }
}

function texts(value: unknown, name: 'labels' | 'annotations') {
  const map = value as Readonly<Record<string, string>>
  return Object.keys(map).length === 0 ? {} : { [name]: map }
}

function toCluster(row: Omit<ClusterRow, 'sealedCredential'>): ClusterRecord {
  return {
    id: row.id,
    name: row.name,
    server: row.server,
    ...(row.project === null ? {} : { project: row.project }),
    ...(row.uid === null ? {} : { uid: row.uid }),
    ...(row.version === null ? {} : { version: row.version }),
    ...(row.namespaces.length === 0 ? {} : { namespaces: row.namespaces }),
    ...texts(row.labels, 'labels'),
    ...texts(row.annotations, 'annotations'),
    ...(row.writesPaused ? { writesPaused: true } : {}),
    connection: toConnection(row),
    createdAt: row.createdAt.toISOString(),
  }
}
