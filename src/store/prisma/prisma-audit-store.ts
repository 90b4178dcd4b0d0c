import type { JsonObject } from '../../engine/manifest/manifest.js'
import { AuditStore } from '../directory-stores.js'
import type { AuditEvent, MutationRecord } from '../records.js'
import type { Database } from './database.js'
import type { AuditEvent as AuditEventRow } from './generated/client.js'

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
    const rows = await this.#database.read((prisma) =>
      prisma.auditEvent.findMany({ orderBy: { id: 'desc' }, take: limit }),
    )
    return rows.map(toAuditEvent)
  }
}

function toAuditEvent(row: AuditEventRow): AuditEvent {
  return {
    id: String(row.id),
    at: row.at.toISOString(),
    actor: row.actor,
    action: row.action,
    object: row.object,
    ...(row.project === null ? {} : { project: row.project }),
    ...(row.details === null ? {} : { details: row.details as JsonObject }),
  }
}
