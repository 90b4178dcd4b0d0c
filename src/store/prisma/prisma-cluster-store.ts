import { ClusterStore, type ClusterContact } from '../directory-stores.js'
import type { ClusterRecord, ConnectionState, MutationRecord } from '../records.js'
import { connectionColumns, ownBytes, toConnection } from './connection-columns.js'
import type { Database } from './database.js'
import { FENCE_HOLDS } from './fence.js'
import type { Cluster as ClusterRow } from './generated/client.js'

/** Everything but the credential, which only `credential` reads. */
const OPEN_COLUMNS = { sealedCredential: true } as const

export class PrismaClusterStore extends ClusterStore {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async create(
    cluster: ClusterRecord,
    sealedCredential: Uint8Array,
    record: MutationRecord,
  ): Promise<void> {
    const { id, name, server, project, uid, version, connection, createdAt } = cluster
    const write = this.#database.prisma.cluster.create({
      data: {
        id,
        name,
        server,
        project: project ?? null,
        uid: uid ?? null,
        version: version ?? null,
        sealedCredential: ownBytes(sealedCredential),
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
    const { id, project, version, connection } = cluster
    const write = this.#database.prisma.cluster.update({
      where: { id },
      data: {
        project: project ?? null,
        version: version ?? null,
        sealedCredential: ownBytes(sealedCredential),
        ...connectionColumns(connection),
      },
    })
    await this.#database.prismaChange([write], record)
  }

  override async remove(id: string, record: MutationRecord): Promise<void> {
    await this.#database.prismaChange([this.#database.prisma.cluster.delete({ where: { id } })], record)
  }

  override async get(id: string): Promise<ClusterRecord | undefined> {
    return this.#first({ id })
  }

  override async byServerOrName(
    server: string | undefined,
    name: string | undefined,
  ): Promise<ClusterRecord | undefined> {
    if (server !== undefined) return this.#first({ server })
    return name === undefined ? undefined : this.#first({ name })
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
          uid = COALESCE(uid, $5::text), version = COALESCE($6::text, version)
        WHERE id = $1::text AND ${FENCE_HOLDS} RETURNING 1)`,
      values: [
        id,
        connection.status,
        connection.message,
        connection.checkedAt ?? null,
        identity?.uid ?? null,
        identity?.version ?? null,
      ],
    })
  }

  override async setWritesPaused(id: string, paused: boolean, record: MutationRecord): Promise<void> {
    const write = this.#database.prisma.cluster.update({ where: { id }, data: { writesPaused: paused } })
    await this.#database.prismaChange([write], record)
  }

  async #first(
    where: { id: string } | { server: string } | { name: string },
  ): Promise<ClusterRecord | undefined> {
    const row = await this.#database.read((prisma) =>
      prisma.cluster.findUnique({ where, omit: OPEN_COLUMNS }),
    )
    return row === null ? undefined : toCluster(row)
  }
}

function toCluster(row: Omit<ClusterRow, 'sealedCredential'>): ClusterRecord {
  return {
    id: row.id,
    name: row.name,
    server: row.server,
    ...(row.project === null ? {} : { project: row.project }),
    ...(row.uid === null ? {} : { uid: row.uid }),
    ...(row.version === null ? {} : { version: row.version }),
    ...(row.writesPaused ? { writesPaused: true } : {}),
    connection: toConnection(row),
    createdAt: row.createdAt.toISOString(),
  }
}
