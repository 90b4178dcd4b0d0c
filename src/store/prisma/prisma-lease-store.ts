import {
  LeaseStore,
  type AcquiredLease,
  type AcquireOptions,
  type Lease,
  type LeaseHolder,
  type LeaseKey,
  type LeaseKind,
  type WorkerBeat,
  type WorkerRecord,
} from '../lease-store.js'
import type { Database } from './database.js'

interface LeaseRow {
  readonly kind: LeaseKind
  readonly id: string
  readonly owner: string | null
  readonly address: string
  readonly epoch: string
  readonly expires_at: Date
  readonly held: boolean
  readonly free_for_ms: number
  readonly held_for_ms: number
  readonly wanted_by: string | null
}

interface AcquiredRow extends LeaseRow {
  readonly former_expired_for_ms: number | null
}

interface WorkerRow {
  readonly id: string
  readonly role: string
  readonly address: string
  readonly draining: boolean
  readonly seen_at: Date
}

/** Of a table called `l`. now() is when the statement began: what waited for a row lock errs to the safe side. */
const COLUMNS = `l.kind, l.id, l.owner, l.address, l.epoch, l.expires_at, l.wanted_by,
  l.owner IS NOT NULL AND l.expires_at > now() AS held,
  CASE WHEN l.owner IS NOT NULL AND l.expires_at > now() THEN 0
    ELSE GREATEST(0, extract(epoch FROM now() - l.expires_at) * 1000)::float8 END AS free_for_ms,
  CASE WHEN l.owner IS NULL THEN 0
    ELSE GREATEST(0, extract(epoch FROM l.expires_at - now()) * 1000)::float8 END AS held_for_ms`
const UNTIL = (ttl: string): string => `now() + ${ttl}::float8 * interval '1 millisecond'`

export class PrismaLeaseStore extends LeaseStore {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  /** `former` is locked first, so that what it tells is the owner that this very statement replaces. */
  override async acquire(
    key: LeaseKey,
    holder: LeaseHolder,
    options: AcquireOptions,
  ): Promise<AcquiredLease | undefined> {
    const row = await this.#database.first<AcquiredRow>({
      name: 'lease-acquire',
      text: `WITH former AS MATERIALIZED (
          SELECT owner, run, expires_at FROM leases WHERE kind = $1 AND id = $2 FOR NO KEY UPDATE),
        taken AS (
          INSERT INTO leases AS l (kind, id, owner, run, address, epoch, expires_at)
          SELECT $1, $2, $3, $4, $5, 1, ${UNTIL('$6')} FROM (SELECT count(*) FROM former) AS locked
          ON CONFLICT (kind, id) DO UPDATE SET owner = excluded.owner, run = excluded.run, address = excluded.address,
            epoch = l.epoch + (l.owner IS DISTINCT FROM excluded.owner OR l.run IS DISTINCT FROM excluded.run)::int,
            expires_at = excluded.expires_at, wanted_by = NULL
          WHERE l.owner IS NULL OR l.expires_at <= now() OR (l.owner = excluded.owner AND (l.run = excluded.run OR $7::boolean))
          RETURNING *)
        SELECT ${COLUMNS}, (SELECT CASE WHEN owner <> $3 THEN extract(epoch FROM now() - expires_at)::float8 * 1000
          WHEN run = $4 THEN 0 END FROM former WHERE owner IS NOT NULL) AS former_expired_for_ms
        FROM taken AS l`,
      values: [...keyValues(key), ...holderValues(holder), options.ttlMs, options.fromFormerRun ?? false],
    })
    if (row === undefined) return undefined
    const former = row.former_expired_for_ms
    return { ...toLease(row), ...(former === null ? {} : { formerExpiredForMs: former }) }
  }

  override async renew(
    holder: LeaseHolder,
    keys: readonly LeaseKey[],
    ttlMs: number,
  ): Promise<readonly Lease[]> {
    if (keys.length === 0) return []
    const rows = await this.#database.rows<LeaseRow>({
      name: 'lease-renew',
      text: `UPDATE leases l SET address = $3, expires_at = ${UNTIL('$4')}
        FROM unnest($5::text[], $6::text[]) AS k(kind, id)
        WHERE l.kind = k.kind AND l.id = k.id AND l.owner = $1 AND l.run = $2 RETURNING ${COLUMNS}`,
      values: [...holderValues(holder), ttlMs, ...keyColumns(keys)],
    })
    return rows.map(toLease)
  }

  override async release(holder: LeaseHolder, keys: readonly LeaseKey[]): Promise<void> {
    if (keys.length === 0) return
    await this.#database.rows({
      name: 'lease-release',
      text: `UPDATE leases l SET owner = NULL, run = NULL, expires_at = now() FROM unnest($3::text[], $4::text[]) AS k(kind, id)
        WHERE l.kind = k.kind AND l.id = k.id AND l.owner = $1 AND l.run = $2`,
      values: [holder.id, holder.run, ...keyColumns(keys)],
    })
  }

  override async want(workerId: string, keys: readonly LeaseKey[], seenWithinMs: number): Promise<void> {
    if (keys.length === 0) return
    await this.#database.rows({
      name: 'lease-want',
      text: `UPDATE leases l SET wanted_by = $1 FROM unnest($2::text[], $3::text[]) AS k(kind, id)
        WHERE l.kind = k.kind AND l.id = k.id AND l.owner <> $1 AND NOT EXISTS (SELECT FROM workers w
          WHERE w.id = l.wanted_by AND NOT w.draining AND w.seen_at > now() - $4::float8 * interval '1 millisecond')`,
      values: [workerId, ...keyColumns(keys), seenWithinMs],
    })
  }

  override async get(key: LeaseKey): Promise<Lease | undefined> {
    const row = await this.#database.first<LeaseRow>({
      name: 'lease-get',
      text: `SELECT ${COLUMNS} FROM leases l WHERE l.kind = $1 AND l.id = $2`,
      values: keyValues(key),
    })
    return row === undefined ? undefined : toLease(row)
  }

  override async list(kind: LeaseKind): Promise<readonly Lease[]> {
    const rows = await this.#database.rows<LeaseRow>({
      name: 'lease-list',
      text: `SELECT ${COLUMNS} FROM leases l WHERE l.kind = $1 ORDER BY l.id`,
      values: [kind],
    })
    return rows.map(toLease)
  }

  override async heartbeatWorker(beat: WorkerBeat): Promise<void> {
    await this.#database.rows({
      name: 'worker-beat',
      text: `WITH gone AS (DELETE FROM workers WHERE seen_at < now() - interval '1 hour' AND id <> $1)
        INSERT INTO workers (id, role, address, draining, seen_at) VALUES ($1, $2, $3, $4, now())
        ON CONFLICT (id) DO UPDATE SET (role, address, draining, seen_at) =
          ROW(excluded.role, excluded.address, excluded.draining, excluded.seen_at)`,
      values: [beat.id, beat.role, beat.address, beat.draining],
    })
  }

  override async removeWorker(id: string): Promise<void> {
    await this.#database.rows({
      name: 'worker-remove',
      text: 'DELETE FROM workers WHERE id = $1',
      values: [id],
    })
  }

  override async workers(seenWithinMs: number): Promise<readonly WorkerRecord[]> {
    const rows = await this.#database.rows<WorkerRow>({
      name: 'workers',
      text: `SELECT id, role, address, draining, seen_at FROM workers
        WHERE seen_at > now() - $1::float8 * interval '1 millisecond' ORDER BY id COLLATE "C"`,
      values: [seenWithinMs],
    })
    return rows.map(({ seen_at: seenAt, ...row }) => ({ ...row, seenAt: seenAt.toISOString() }))
  }
}

function keyValues({ kind, id }: LeaseKey): readonly unknown[] {
  return [kind, id]
}

function holderValues({ id, run, address }: LeaseHolder): readonly unknown[] {
  return [id, run, address]
}

function keyColumns(keys: readonly LeaseKey[]): readonly (readonly string[])[] {
  return [keys.map(({ kind }) => kind), keys.map(({ id }) => id)]
}

function toLease(row: LeaseRow): Lease {
  return {
    kind: row.kind,
    id: row.id,
    address: row.address,
    epoch: Number(row.epoch),
    expiresAt: row.expires_at.toISOString(),
    held: row.held,
    freeForMs: row.free_for_ms,
    heldForMs: row.held_for_ms,
    ...(row.owner === null ? {} : { owner: row.owner }),
    ...(row.wanted_by === null ? {} : { wantedBy: row.wanted_by }),
  }
}
