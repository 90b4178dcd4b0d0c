import type { ChainEnd, ChainedEvent, LinkedEvent } from '../../engine/audit/chain.js'
import { AuditChain, type ChainGrowth, type FoundEnds } from '../audit-chain.js'
import type { Database } from './database.js'

/** A statement takes 30 seconds at most: whoever took an id so long ago has committed, or gave up. */
const QUIET_SECONDS = 60

const EVENT = `e.id, e.at, e.actor, e.action, e.object, e.object_id, e.project, e.outcome, e.operation, e.source, e.credential,
  e.details::text AS details`

interface EndRow {
  readonly name: string
  readonly position: string
  readonly hash: Buffer
  readonly settled: string
  readonly signature: string
}

interface EventRow {
  readonly id: string
  readonly at: Date
  readonly actor: string
  readonly action: string
  readonly object: string
  readonly object_id: string | null
  readonly project: string | null
  readonly outcome: string
  readonly operation: string | null
  readonly source: string | null
  readonly credential: string | null
  readonly details: string | null
}

type LinkRow = { readonly position: string; readonly event_id: string; readonly hash: Buffer } & {
  readonly [Column in keyof EventRow]: EventRow[Column] | null
}

export class PrismaAuditChain extends AuditChain {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async ends(): Promise<FoundEnds> {
    const [row] = await this.#database.rows<{ ends: readonly EndRow[] | null; quiet: string | null }>({
      name: 'audit-ends',
      text: `SELECT (SELECT json_agg(json_build_object('name', name, 'position', position::text, 'settled', settled::text,
          'hash', encode(hash, 'hex'), 'signature', signature)) FROM audit_ends) AS ends,
        (SELECT id FROM audit_events WHERE at < now() - interval '${QUIET_SECONDS} seconds'
          ORDER BY at DESC, id DESC LIMIT 1) AS quiet`,
      values: [],
    })
    const end = (name: string): ChainEnd | undefined => toEnd(row?.ends?.find((one) => one.name === name))
    return { newest: end('newest'), base: end('base'), quiet: row?.quiet ?? undefined }
  }

  override async unsealed(afterId: string, limit: number): Promise<readonly ChainedEvent[]> {
    const rows = await this.#database.rows<EventRow>({
      name: 'audit-unsealed',
      text: `SELECT ${EVENT} FROM audit_events e WHERE e.id > $1::bigint
        AND NOT EXISTS (SELECT FROM audit_links l WHERE l.event_id = e.id) ORDER BY e.id LIMIT $2`,
      values: [afterId, limit],
    })
    return rows.map(toChained)
  }

  override async grow({ links, newest, from }: ChainGrowth): Promise<boolean> {
    const [row] = await this.#database.rows<{ grown: number }>({
      name: 'audit-grow',
      text: `WITH grown AS (
          INSERT INTO audit_ends AS e (name, position, hash, settled, signature)
          VALUES ('newest', $1::bigint, decode($2, 'hex'), $3::bigint, $4)
          ON CONFLICT (name) DO UPDATE SET position = EXCLUDED.position, hash = EXCLUDED.hash, settled = EXCLUDED.settled,
            signature = EXCLUDED.signature, at = now() WHERE e.position = $5::bigint RETURNING 1),
        added AS (INSERT INTO audit_links (position, event_id, hash)
          SELECT l.position, l.event_id, decode(l.hash, 'hex')
          FROM unnest($6::bigint[], $7::bigint[], $8::text[]) AS l(position, event_id, hash)
          WHERE EXISTS (SELECT FROM grown))
        SELECT count(*)::int AS grown FROM grown`,
      values: [
        ...endValues(newest),
        from,
        links.map(({ position }) => position),
        links.map(({ eventId }) => eventId),
        links.map(({ hash }) => hash),
      ],
    })
    return row?.grown === 1
  }

  override links(afterPosition: number, limit: number): Promise<readonly LinkedEvent[]> {
    return this.#links({
      name: 'audit-links',
      where: 'WHERE l.position > $1::bigint',
      values: [afterPosition, limit],
    })
  }

  override async strays(limit: number): Promise<readonly string[]> {
    const rows = await this.#database.rows<{ id: string }>({
      name: 'audit-strays',
      text: `SELECT e.id FROM audit_events e
        WHERE e.id <= (SELECT settled FROM audit_ends WHERE name = 'newest')
        AND NOT EXISTS (SELECT FROM audit_links l WHERE l.event_id = e.id) ORDER BY e.id LIMIT $1`,
      values: [limit],
    })
    return rows.map(({ id }) => String(id))
  }

  override async lastOlderThan(days: number, limit: number): Promise<LinkedEvent | undefined> {
    const oldest = await this.#links({ name: 'audit-oldest', where: '', values: [limit] })
    const before = new Date(Date.now() - days * 86_400_000).toISOString()
    // One that is gone without having been let go stays visible to whoever verifies.
    const kept = oldest.findIndex(({ event }) => event === undefined || event.at >= before)
    return kept < 0 ? oldest.at(-1) : oldest[kept - 1]
  }

  override async shorten(base: ChainEnd, from: number): Promise<number> {
    const [row] = await this.#database.rows<{ gone: number }>({
      name: 'audit-shorten',
      text: `WITH moved AS (
          INSERT INTO audit_ends AS e (name, position, hash, settled, signature)
          VALUES ('base', $1::bigint, decode($2, 'hex'), $3::bigint, $4)
          ON CONFLICT (name) DO UPDATE SET position = EXCLUDED.position, hash = EXCLUDED.hash, settled = EXCLUDED.settled,
            signature = EXCLUDED.signature, at = now() WHERE e.position = $5::bigint RETURNING 1),
        gone AS (DELETE FROM audit_links WHERE position <= $1::bigint AND EXISTS (SELECT FROM moved) RETURNING event_id),
        forgotten AS (DELETE FROM audit_events WHERE id IN (SELECT event_id FROM gone))
        SELECT count(*)::int AS gone FROM gone`,
      values: [...endValues(base), from],
    })
    return row?.gone ?? 0
  }

  async #links(of: { readonly name: string; readonly where: string; readonly values: readonly number[] }) {
    const rows = await this.#database.rows<LinkRow>({
      name: of.name,
      text: `SELECT l.position, l.event_id, l.hash, ${EVENT} FROM (
          SELECT * FROM audit_links l ${of.where} ORDER BY l.position LIMIT $${of.values.length}) l
        LEFT JOIN audit_events e ON e.id = l.event_id ORDER BY l.position`,
      values: of.values,
    })
    return rows.map(toLinked)
  }
}

function endValues({ position, hash, settled, signature }: ChainEnd): readonly unknown[] {
  return [position, hash, settled, signature]
}

function toEnd(row: EndRow | undefined): ChainEnd | undefined {
  if (row === undefined) return undefined
  const { position, hash, settled, signature } = row
  return { position: Number(position), hash: String(hash), settled, signature }
}

function toLinked(row: LinkRow): LinkedEvent {
  return {
    position: Number(row.position),
    eventId: String(row.event_id),
    hash: row.hash.toString('hex'),
    event: isWhole(row) ? toChained(row) : undefined,
  }
}

function isWhole(row: LinkRow): row is LinkRow & EventRow {
  return row.id !== null
}

function toChained(row: EventRow): ChainedEvent {
  return {
    id: String(row.id),
    at: row.at.toISOString(),
    actor: row.actor,
    action: row.action,
    object: row.object,
    objectId: row.object_id ?? undefined,
    project: row.project ?? undefined,
    outcome: row.outcome,
    operation: row.operation ?? undefined,
    source: row.source ?? undefined,
    credential: row.credential ?? undefined,
    details: row.details ?? undefined,
  }
}
