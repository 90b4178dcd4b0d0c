import type { Doorbell } from '../../queue/doorbell-queue.js'
import { OutboxStore } from '../directory-stores.js'
import type { WaitingDoorbell } from '../pending-work.js'
import type { Database } from './database.js'
import { toWaiting, WAITING_COLUMNS, type WaitingRow } from './waiting-rows.js'

interface OutboxRow extends WaitingRow {
  readonly bell: string
  readonly kind: Doorbell['kind']
}

export class PrismaOutboxStore extends OutboxStore {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async pending(
    limit: number,
  ): Promise<readonly { readonly id: string; readonly doorbell: Doorbell }[]> {
    const rows = await this.#database.rows<{ id: string; kind: Doorbell['kind']; key: string }>({
      name: 'outbox-pending',
      text: 'SELECT id, kind, key FROM outbox ORDER BY id LIMIT $1',
      values: [limit],
    })
    return rows.map(({ id, kind, key }) => ({ id, doorbell: { kind, id: key } }))
  }

  /** The rows stay locked while they ring, so other relays pass over them; a delivered row is of no use and goes. */
  override async deliver(
    limit: number,
    ring: (doorbells: readonly WaitingDoorbell[]) => Promise<void>,
  ): Promise<number> {
    return this.#database.transaction(async (rowsOf) => {
      const rows = await rowsOf<OutboxRow>({
        name: 'outbox-claim',
        text: `SELECT o.id AS bell, o.kind, o.key AS id, ${WAITING_COLUMNS}
          FROM outbox o
          LEFT JOIN applications a ON o.kind = 'application' AND a.id = o.key
          LEFT JOIN application_desired d ON d.application_id = a.id
          ORDER BY o.id LIMIT $1 FOR UPDATE OF o SKIP LOCKED`,
        values: [limit],
      })
      if (rows.length === 0) return 0
      await ring(rows.map(toDoorbell))
      await rowsOf({
        name: 'outbox-done',
        text: 'DELETE FROM outbox WHERE id = ANY($1::bigint[])',
        values: [rows.map(({ bell }) => bell)],
      })
      return rows.length
    })
  }

  override onCommit(listener: () => void): void {
    this.#database.onCommit(listener)
  }
}

function toDoorbell(row: OutboxRow): WaitingDoorbell {
  return row.kind === 'application' ? toWaiting(row) : { kind: row.kind, id: row.id }
}
