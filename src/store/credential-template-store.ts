import type { MutationRecord } from './records.js'

/** A credential for every repository below a URL that has none of its own (contract 1.9). The password cannot be read. */
export interface CredentialTemplate {
  readonly id: string
  readonly url: string
  /** `urlPrefix` of the URL. Unique. */
  readonly prefix: string
  readonly username?: string
  readonly createdAt: string
}

export abstract class CredentialTemplateStore {
  /**
   * Creates it, or replaces user name and credential of the one with this id. `sealedCredential` is opaque here (vault, purpose `git`).
   * CONFLICT on the prefix of another one.
   */
  abstract save(
    template: CredentialTemplate,
    sealedCredential: Uint8Array,
    record: MutationRecord,
  ): Promise<void>
  /** NOT_FOUND when it was removed. */
  abstract remove(id: string, record: MutationRecord): Promise<void>
  /** All of them, by prefix. */
  abstract list(): Promise<readonly CredentialTemplate[]>
  abstract credential(id: string): Promise<Uint8Array | undefined>
}
