/** Tables that hold something sealed. */
export const SEALED_TABLES = ['repositories', 'credential_templates', 'clusters', 'renders'] as const
export type SealedTable = (typeof SEALED_TABLES)[number]

export interface SealedRow {
  readonly id: string
  readonly sealed: Uint8Array
}

/** What is sealed, for whoever seals it again under a newer key while everything runs. */
export abstract class SealedRows {
  /** At most `limit` of them after this id, in the order of ids; those without anything sealed are left out. */
  abstract after(table: SealedTable, id: string, limit: number): Promise<readonly SealedRow[]>
  /** False, and nothing changes, when the row holds (by now) something else than was read. */
  abstract replace(table: SealedTable, read: SealedRow, sealed: Uint8Array): Promise<boolean>
}
