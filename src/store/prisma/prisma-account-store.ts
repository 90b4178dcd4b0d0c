import { AccountStore } from '../directory-stores.js'
import type { CredentialRecord, MutationRecord, UserRecord } from '../records.js'
import type { Database } from './database.js'
import type { User as UserRow } from './generated/client.js'

interface CredentialWithUserRow {
  readonly id: string
  readonly kind: CredentialRecord['kind']
  readonly user_id: string
  readonly token_hash: string
  readonly name: string | null
  readonly created_at: Date
  readonly expires_at: Date
  readonly username: string
  readonly password_hash: string | null
  readonly disabled: boolean
}

export class PrismaAccountStore extends AccountStore {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async createUser(user: UserRecord, record: MutationRecord): Promise<void> {
    const { id, username, passwordHash, disabled } = user
    const write = this.#database.prisma.user.create({
      data: { id, username, passwordHash: passwordHash ?? null, disabled },
    })
    await this.#database.prismaChange([write], record)
  }

  override async setPassword(userId: string, passwordHash: string, record: MutationRecord): Promise<void> {
    const write = this.#database.prisma.user.update({ where: { id: userId }, data: { passwordHash } })
    await this.#database.prismaChange([write], record)
  }

  override async userByName(username: string): Promise<UserRecord | undefined> {
    const row = await this.#database.read((prisma) => prisma.user.findUnique({ where: { username } }))
    return row === null ? undefined : toUser(row)
  }

  override async createCredential(credential: CredentialRecord, record: MutationRecord): Promise<void> {
    const { id, kind, userId, tokenHash, name, createdAt, expiresAt } = credential
    const write = this.#database.prisma.credential.create({
      data: {
        id,
        kind,
        userId,
        tokenHash,
        name: name ?? null,
        createdAt: new Date(createdAt),
        expiresAt: new Date(expiresAt),
      },
    })
    await this.#database.prismaChange([write], record)
  }

  /** Every request asks this: one join by the unique hash. */
  override async credentialByHash(
    tokenHash: string,
    now: string,
  ): Promise<{ readonly credential: CredentialRecord; readonly user: UserRecord } | undefined> {
    const row = await this.#database.first<CredentialWithUserRow>({
      name: 'credential-by-hash',
      text: `SELECT c.id, c.kind, c.user_id, c.token_hash, c.name, c.created_at, c.expires_at, u.username, u.password_hash, u.disabled
        FROM credentials c JOIN users u ON u.id = c.user_id
        WHERE c.token_hash = $1 AND c.revoked_at IS NULL AND c.expires_at > $2 AND NOT u.disabled`,
      values: [tokenHash, now],
    })
    if (row === undefined) return undefined
    const { username, disabled } = row
    return {
      credential: toCredential(row),
      user: toUser({ id: row.user_id, username, passwordHash: row.password_hash, disabled }),
    }
  }

  override async revokeCredential(id: string, record: MutationRecord): Promise<void> {
    const write = this.#database.prisma.credential.updateMany({
      where: { id, revokedAt: null },
      data: { revokedAt: new Date() },
    })
    await this.#database.prismaChange([write], record)
  }
}

function toUser({
  id,
  username,
  passwordHash,
  disabled,
}: Pick<UserRow, 'id' | 'username' | 'passwordHash' | 'disabled'>): UserRecord {
  return { id, username, ...(passwordHash === null ? {} : { passwordHash }), disabled }
}

function toCredential(row: CredentialWithUserRow): CredentialRecord {
  return {
    id: row.id,
    kind: row.kind,
    userId: row.user_id,
    tokenHash: row.token_hash,
    ...(row.name === null ? {} : { name: row.name }),
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }
}
