import { SealedRows, type SealedRow, type SealedTable } from '../sealed-rows.js'
import type { Database } from './database.js'

const COLUMNS: Readonly<Record<SealedTable, { readonly id: string; readonly sealed: string }>> = {
  repositories: { id: 'id', sealed: 'sealed_credential' },
  credential_templates: { id: 'id', sealed: 'sealed_credential' },
  clusters: { id: 'id', sealed: 'sealed_credential' },
  renders: { id: 'key', sealed: 'sealed' },
}

export class PrismaSealedRows extends SealedRows {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override after(table: SealedTable, id: string, limit: number): Promise<readonly SealedRow[]> {
    const columns = COLUMNS[table]
    return this.#database.rows<{ id: string; sealed: Uint8Array }>({
      name: `sealed-${table}`,
      text: `SELECT ${columns.id} AS id, ${columns.sealed} AS sealed FROM ${table}
        WHERE ${columns.id} > $1 AND ${columns.sealed} IS NOT NULL ORDER BY ${columns.id} LIMIT $2`,
      values: [id, limit],
    })
  }

  override async replace(table: SealedTable, read: SealedRow, sealed: Uint8Array): Promise<boolean> {
    const columns = COLUMNS[table]
    const rows = await this.#database.rows({
      name: `reseal-${table}`,
      text: `UPDATE ${table} SET ${columns.sealed} = $3 WHERE ${columns.id} = $1 AND ${columns.sealed} = $2 RETURNING 1`,
      values: [read.id, Buffer.from(read.sealed), Buffer.from(sealed)],
    })
    return rows.length > 0
  }
}
