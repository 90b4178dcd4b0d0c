import { AppError } from '../../base/app-error.js'
import type { PolicyDocument } from '../../engine/access/policy-document.js'
import { outdatedPolicy, PolicyStore, type StoredPolicy } from '../policy-store.js'
import type { MutationRecord } from '../records.js'
import type { Ledger } from './ledger.js'

export class MemoryPolicyStore extends PolicyStore {
  readonly #ledger: Ledger
  #current: StoredPolicy | undefined

  constructor(ledger: Ledger) {
    super()
    this.#ledger = ledger
  }

  override async current(): Promise<StoredPolicy | undefined> {
    return this.#current
  }

  override async save(
    document: PolicyDocument,
    after: number,
    record: MutationRecord,
  ): Promise<StoredPolicy> {
    if ((this.#current?.generation ?? 0) !== after) throw new AppError('CONFLICT', outdatedPolicy(after))
    this.#current = { generation: after + 1, document }
    this.#ledger.write(record)
    return this.#current
  }
}
