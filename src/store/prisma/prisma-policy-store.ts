import { AppError } from '../../base/app-error.js'
import type { PolicyDocument } from '../../engine/access/policy-document.js'
import { JoinedReads } from '../joined-reads.js'
import { outdatedPolicy, PolicyStore, type StoredPolicy } from '../policy-store.js'
import type { MutationRecord } from '../records.js'
import type { Database } from './database.js'

export class PrismaPolicyStore extends PolicyStore {
  readonly #database: Database
  readonly #joined = new JoinedReads()

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override current(): Promise<StoredPolicy | undefined> {
    return this.#joined.run('current', () =>
      this.#database.first<{ generation: number; document: PolicyDocument }>({
        name: 'policy-current',
        text: 'SELECT generation, document FROM policies ORDER BY generation DESC LIMIT 1',
        values: [],
      }),
    )
  }

  override async save(
    document: PolicyDocument,
    after: number,
    record: MutationRecord,
  ): Promise<StoredPolicy> {
    const changed = await this.#database.change(
      {
        name: 'policy-save',
        ctes: `change AS (INSERT INTO policies (generation, document)
          SELECT $1::int + 1, $2::jsonb
          WHERE (SELECT COALESCE(max(generation), 0) FROM policies) = $1::int
          ON CONFLICT DO NOTHING RETURNING 1)`,
        values: [after, JSON.stringify(document)],
      },
      record,
    )
    if (changed === 0) throw new AppError('CONFLICT', outdatedPolicy(after))
    return { generation: after + 1, document }
  }
}
