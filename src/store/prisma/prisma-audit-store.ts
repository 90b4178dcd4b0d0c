import { AuditStore } from '../directory-stores.js'
import type { AuditEvent, MutationRecord } from '../records.js'
import { AUDIT_COLUMNS, toAuditEvent, type AuditRow } from './audit-row.js'
import type { Database } from './database.js'

export class PrismaAuditStore extends AuditStore {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async append(record: MutationRecord): Promise<void> {
    await this.#database.prismaChange([], record)
  }

  override async list(limit: number): Promise<readonly AuditEvent[]> {
    const rows = await this.#database.rows<AuditRow>({
      name: 'audit-newest',
      text: `SELECT ${AUDIT_COLUMNS} FROM audit_events e ORDER BY e.id DESC LIMIT $1`,
      values: [limit],
    })
    return rows.map(toAuditEvent)
  }
}
