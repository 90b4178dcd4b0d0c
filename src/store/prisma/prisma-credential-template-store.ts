import { CredentialTemplateStore, type CredentialTemplate } from '../credential-template-store.js'
import { JoinedReads } from '../joined-reads.js'
import type { MutationRecord } from '../records.js'
import { ownBytes } from './connection-columns.js'
import type { Database } from './database.js'
import type { CredentialTemplate as CredentialTemplateRow } from './generated/client.js'

type OpenRow = Omit<CredentialTemplateRow, 'sealedCredential'>

export class PrismaCredentialTemplateStore extends CredentialTemplateStore {
  readonly #database: Database
  readonly #joined = new JoinedReads()

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async save(
    template: CredentialTemplate,
    sealedCredential: Uint8Array,
    record: MutationRecord,
  ): Promise<void> {
    const { id, url, prefix, createdAt } = template
    const changing = { username: template.username ?? null, sealedCredential: ownBytes(sealedCredential) }
    const write = this.#database.prisma.credentialTemplate.upsert({
      where: { id },
      create: { id, url, prefix, createdAt: new Date(createdAt), ...changing },
      update: changing,
    })
    await this.#database.prismaChange([write], record)
  }

  override async remove(id: string, record: MutationRecord): Promise<void> {
    const write = this.#database.prisma.credentialTemplate.delete({ where: { id } })
    await this.#database.prismaChange([write], record)
  }

  /** Asked before each contact of a repository without a credential: equal questions at the same moment are one. */
  override list(): Promise<readonly CredentialTemplate[]> {
    return this.#joined.run('list', async () => {
      const rows = await this.#database.rows<OpenRow>({
        name: 'credential-templates',
        text: 'SELECT id, url, prefix, username, created_at AS "createdAt" FROM credential_templates ORDER BY prefix',
        values: [],
      })
      return rows.map(toTemplate)
    })
  }

  override async credential(id: string): Promise<Uint8Array | undefined> {
    const row = await this.#database.read((prisma) =>
      prisma.credentialTemplate.findUnique({ where: { id }, select: { sealedCredential: true } }),
    )
    return row?.sealedCredential
  }
}

function toTemplate({ id, url, prefix, username, createdAt }: OpenRow): CredentialTemplate {
  return { id, url, prefix, ...(username !== null && { username }), createdAt: createdAt.toISOString() }
}
