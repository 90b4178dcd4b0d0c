import { renderLocation } from '../render/render-archive.js'
import { SEALED_TABLES, type SealedRow, type SealedRows, type SealedTable } from '../store/sealed-rows.js'
import type { LocalVault } from '../vault/local/local-vault.js'
import type { KeyPurpose, SealedAt } from '../vault/vault.js'

export interface ResealDeps {
  readonly rows: SealedRows
  /** With all keys: it opens and seals for every purpose. */
  readonly vault: LocalVault
}

export interface Resealed {
  readonly table: SealedTable
  readonly looked: number
  readonly resealed: number
}

const BATCH = 100
const PURPOSES: Readonly<Record<SealedTable, KeyPurpose>> = {
  repositories: 'git',
  credential_templates: 'git',
  clusters: 'clusters',
  renders: 'renders',
}

/** Seals again, under the newest key of its ring, whatever was sealed under an older one. What somebody changes meanwhile stays as it is. */
export async function resealRows(deps: ResealDeps): Promise<readonly Resealed[]> {
  const report: Resealed[] = []
  for (const table of SEALED_TABLES) report.push(await resealTable(deps, table))
  return report
}

async function resealTable({ rows, vault }: ResealDeps, table: SealedTable): Promise<Resealed> {
  const purpose = PURPOSES[table]
  let looked = 0
  let resealed = 0
  for (let last = ''; ;) {
    const batch = await rows.after(table, last, BATCH)
    looked += batch.length
    for (const row of batch.filter(({ sealed }) => vault.isOutdated(purpose, sealed))) {
      const at = locationOf(table, row)
      const anew = vault.seal(purpose, at, vault.open(purpose, at, row.sealed))
      if (await rows.replace(table, row, anew)) resealed += 1
    }
    const end = batch.at(-1)
    if (end === undefined) return { table, looked, resealed }
    last = end.id
  }
}

function locationOf(table: SealedTable, { id }: SealedRow): SealedAt {
  return table === 'renders' ? renderLocation(id) : { table, row: id, column: 'credential' }
}
