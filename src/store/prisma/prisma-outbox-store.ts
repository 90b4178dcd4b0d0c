import type { Doorbell } from '../../queue/doorbell-queue.js'
import { OutboxStore } from '../directory-stores.js'
import type { Database } from './database.js'

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

  /** A delivered row is of no further use: it goes. */
  override async done(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    await this.#database.rows({
      name: 'outbox-done',
      text: 'DELETE FROM outbox WHERE id = ANY($1::bigint[])',
      values: [ids],
    })
  }

  override onCommit(listener: () => void): void {
    this.#database.onCommit(listener)
  }
}
