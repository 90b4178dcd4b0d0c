import { AppError } from '../../base/app-error.js'
import { CredentialTemplateStore, type CredentialTemplate } from '../credential-template-store.js'
import type { MutationRecord } from '../records.js'
import type { Ledger } from './ledger.js'

export class MemoryCredentialTemplateStore extends CredentialTemplateStore {
  readonly #ledger: Ledger
  readonly #templates = new Map<string, CredentialTemplate>()
  readonly #credentials = new Map<string, Uint8Array>()

  constructor(ledger: Ledger) {
    super()
    this.#ledger = ledger
  }

  override async save(
    template: CredentialTemplate,
    sealedCredential: Uint8Array,
    record: MutationRecord,
  ): Promise<void> {
    const { id, prefix } = template
    const isTaken = [...this.#templates.values()].some((one) => one.prefix === prefix && one.id !== id)
    if (isTaken) throw new AppError('CONFLICT', 'A credential template with this URL exists already.')
    const { username: _username, ...kept } = this.#templates.get(id) ?? template
    this.#templates.set(id, { ...kept, ...(template.username && { username: template.username }) })
    this.#credentials.set(id, sealedCredential)
    this.#ledger.write(record)
  }

  override async remove(id: string, record: MutationRecord): Promise<void> {
    if (!this.#templates.delete(id))
      throw new AppError('NOT_FOUND', 'The credential template does not exist (any more).')
    this.#credentials.delete(id)
    this.#ledger.write(record)
  }

  override async list(): Promise<readonly CredentialTemplate[]> {
    return [...this.#templates.values()].sort((a, b) => (a.prefix < b.prefix ? -1 : 1))
  }

  override async credential(id: string): Promise<Uint8Array | undefined> {
    return this.#credentials.get(id)
  }
}
