import { RepositoryStore, type RepositoryLook } from '../directory-stores.js'
import { JoinedReads } from '../joined-reads.js'
import type { ConnectionState, Fences, MutationRecord, RepositoryHead, RepositoryRecord } from '../records.js'
import { connectionColumns, ownBytes, toConnection } from './connection-columns.js'
import type { Database } from './database.js'
import { FENCE_HOLDS } from './fence.js'
import type { Repository as RepositoryRow } from './generated/client.js'

type OpenRow = Omit<RepositoryRow, 'sealedCredential'> & { readonly hasPassword: boolean }

/** Everything but the credential, which only `credential` reads. */
const OPEN_SQL = `id, url, normalized_url AS "normalizedUrl", name, project, username, insecure_tls AS "insecureTls",
  sealed_credential IS NOT NULL AS "hasPassword", connection_status AS "connectionStatus", connection_message AS "connectionMessage",
  connection_stage AS "connectionStage",  checked_at AS "checkedAt", created_at AS "createdAt", heads_checked_at AS "headsCheckedAt"`

interface HeadRow {
  readonly repository_id: string
  readonly ref: string
  readonly commit: string
  readonly sequence: string
  readonly checked_at: Date
}

/** When no ref changed. */
interface NoHeadRow {
  readonly ref: null
}

export class PrismaRepositoryStore extends RepositoryStore {
  readonly #database: Database
  readonly #joined = new JoinedReads()

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async create(
    repository: RepositoryRecord,
    sealedCredential: Uint8Array | undefined,
    record: MutationRecord,
  ): Promise<void> {
    const { id, url, normalizedUrl, createdAt } = repository
    const columns = changeableColumns(repository, sealedCredential)
    const write = this.#database.prisma.repository.create({
      data: { id, url, normalizedUrl, ...columns, createdAt: new Date(createdAt) },
    })
    await this.#database.prismaChange([write], record)
  }

  override async update(
    repository: RepositoryRecord,
    sealedCredential: Uint8Array | undefined,
    record: MutationRecord,
  ): Promise<void> {
    const write = this.#database.prisma.repository.update({
      where: { id: repository.id },
      data: changeableColumns(repository, sealedCredential),
    })
    await this.#database.prismaChange([write], record)
  }

  override async remove(id: string, record: MutationRecord): Promise<void> {
    await this.#database.prismaChange([this.#database.prisma.repository.delete({ where: { id } })], record)
  }

  override get(id: string): Promise<RepositoryRecord | undefined> {
    return this.#first('id', id)
  }

  override byUrl(normalizedUrl: string): Promise<RepositoryRecord | undefined> {
    return this.#first('normalized_url', normalizedUrl)
  }

  override async list(): Promise<readonly RepositoryRecord[]> {
    const rows = await this.#database.rows<OpenRow>({
      name: 'repositories',
      text: `SELECT ${OPEN_SQL} FROM repositories ORDER BY normalized_url`,
      values: [],
    })
    return rows.map(toRepository)
  }

  override async credential(id: string): Promise<Uint8Array | undefined> {
    const row = await this.#database.read((prisma) =>
      prisma.repository.findUnique({ where: { id }, select: { sealedCredential: true } }),
    )
    return row?.sealedCredential ?? undefined
  }

  override async saveConnection(id: string, connection: ConnectionState, fence?: Fences): Promise<void> {
    const { connectionStatus, connectionMessage, connectionStage, checkedAt } = connectionColumns(connection)
    await this.#database.fenced({
      name: 'repository-save-connection',
      fence,
      ctes: `change AS (UPDATE repositories
        SET connection_status = $2::text, connection_message = $3::text, checked_at = $4::timestamptz, connection_stage = $5::text
        WHERE id = $1::text AND ${FENCE_HOLDS} RETURNING 1)`,
      values: [id, connectionStatus, connectionMessage, checkedAt, connectionStage],
    })
  }

  override async heads(repositoryId: string): Promise<readonly RepositoryHead[]> {
    const rows = await this.#database.rows<HeadRow>({
      name: 'heads',
      text: 'SELECT repository_id, ref, commit, sequence, checked_at FROM repository_heads WHERE repository_id = $1 ORDER BY ref',
      values: [repositoryId],
    })
    return rows.map(toHead)
  }

  /** `known` is read before the rows are locked: two savers at once may both report a ref, never neither of them. */
  override async saveHeads(
    repositoryId: string,
    { refs, checkedAt }: RepositoryLook,
    fence?: Fences,
  ): Promise<readonly RepositoryHead[]> {
    if (refs.size === 0) return []
    const rows = await this.#database.fenced<HeadRow | NoHeadRow>({
      name: 'heads-save',
      fence,
      ctes: `known AS (SELECT ref, commit FROM repository_heads WHERE repository_id = $1),
        saved AS (
          INSERT INTO repository_heads AS h (repository_id, ref, commit, sequence, checked_at)
          SELECT $1, i.ref, i.commit, 1, $4::timestamptz FROM unnest($2::text[], $3::text[]) AS i(ref, commit)
          WHERE ${FENCE_HOLDS} ORDER BY i.ref
          ON CONFLICT (repository_id, ref) DO UPDATE SET commit = excluded.commit,
            sequence = h.sequence + (h.commit <> excluded.commit)::int,
            checked_at = GREATEST(h.checked_at, excluded.checked_at)
          RETURNING repository_id, ref, commit, sequence, checked_at),
        looked AS (UPDATE repositories SET heads_checked_at = GREATEST(heads_checked_at, $4::timestamptz)
          WHERE id = $1 AND ${FENCE_HOLDS}),
        change AS (SELECT saved.* FROM saved LEFT JOIN known USING (ref) WHERE known.commit IS DISTINCT FROM saved.commit)`,
      values: [repositoryId, [...refs.keys()], [...refs.values()], checkedAt],
    })
    return rows
      .filter(isHead)
      .map(toHead)
      .sort((one, other) => (one.ref < other.ref ? -1 : 1))
  }

  /** Asked for every application that is rendered: typed SQL, and equal questions at the same moment are one. */
  #first(column: 'id' | 'normalized_url', value: string): Promise<RepositoryRecord | undefined> {
    return this.#joined.run(`${column} ${value}`, async () => {
      const row = await this.#database.first<OpenRow>({
        name: `repository-by-${column}`,
        text: `SELECT ${OPEN_SQL} FROM repositories WHERE ${column} = $1`,
        values: [value],
      })
      return row === undefined ? undefined : toRepository(row)
    })
  }
}

function changeableColumns(
  { name, project, username, insecureTls, connection }: RepositoryRecord,
  sealedCredential: Uint8Array | undefined,
) {
  return {
    name: name ?? null,
    project: project ?? null,
    username: username ?? null,
    insecureTls,
    sealedCredential: sealedCredential === undefined ? null : ownBytes(sealedCredential),
    ...connectionColumns(connection),
  }
}

function isHead(row: HeadRow | NoHeadRow): row is HeadRow {
  return row.ref !== null
}

function toHead(row: HeadRow): RepositoryHead {
  return {
    repositoryId: row.repository_id,
    ref: row.ref,
    commit: row.commit,
    sequence: Number(row.sequence),
    checkedAt: row.checked_at.toISOString(),
  }
}

function toRepository(row: OpenRow): RepositoryRecord {
  return {
    id: row.id,
    url: row.url,
    normalizedUrl: row.normalizedUrl,
    ...(row.name === null ? {} : { name: row.name }),
    ...(row.project === null ? {} : { project: row.project }),
    ...(row.username === null ? {} : { username: row.username }),
    hasPassword: row.hasPassword,
    insecureTls: row.insecureTls,
    createdAt: row.createdAt.toISOString(),
    connection: toConnection(row),
  }
}
