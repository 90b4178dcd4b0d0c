import { AppError } from '../../base/app-error.js'
import {
  AccountStore,
  type CredentialFilter,
  type CredentialRecord,
  type LiveCredential,
  type Liveness,
  type UserRecord,
} from '../account-store.js'
import type { MutationRecord } from '../records.js'
import {
  IS_LIVE,
  toCredential,
  toCredentialRow,
  toLiveCredential,
  toUser,
  type LiveCredentialRow,
} from './credential-row.js'
import type { Database } from './database.js'

export class PrismaAccountStore extends AccountStore {
  readonly #database: Database

  constructor(database: Database) {
    super()
    this.#database = database
  }

  override async createUser(user: UserRecord, record: MutationRecord): Promise<void> {
    const { id, username, passwordHash, passwordChangedAt, disabled, capabilities, createdAt } = user
    const write = this.#database.prisma.user.create({
      data: {
        id,
        username,
        disabled,
        passwordHash: passwordHash ?? null,
        passwordChangedAt: passwordChangedAt ?? null,
        capabilities: [...capabilities],
        createdAt,
      },
    })
    await this.#database.prismaChange([write], record)
  }

  override async updateUser(
    id: string,
    change: Partial<Pick<UserRecord, 'disabled' | 'capabilities'>>,
    record: MutationRecord,
  ): Promise<void> {
    const { disabled, capabilities } = change
    const { prisma } = this.#database
    const update = prisma.user.update({
      where: { id },
      data: {
        ...(disabled !== undefined && { disabled }),
        ...(capabilities !== undefined && { capabilities: [...capabilities] }),
      },
    })
    const endSessions = prisma.credential.updateMany({
      where: { userId: id, kind: 'session', revokedAt: null },
      data: { revokedAt: new Date() },
    })
    await this.#database.prismaChange(disabled === true ? [update, endSessions] : [update], record)
  }

  override async removeUser(id: string, record: MutationRecord): Promise<void> {
    await this.#database.prismaChange([this.#database.prisma.user.delete({ where: { id } })], record)
  }

  override async setPassword(userId: string, passwordHash: string, record: MutationRecord): Promise<void> {
    const changed = await this.#database.change(
      {
        name: 'user-set-password',
        ctes: `before AS (SELECT id, password_hash FROM users WHERE id = $1 FOR UPDATE),
          change AS (UPDATE users u SET password_hash = $2, password_changed_at = now() FROM before
            WHERE u.id = before.id RETURNING 1),
          ended AS (UPDATE credentials c SET revoked_at = now() FROM before
            WHERE c.user_id = before.id AND c.revoked_at IS NULL AND before.password_hash IS NOT NULL)`,
        values: [userId, passwordHash],
      },
      record,
    )
    if (changed === 0) throw new AppError('NOT_FOUND', 'The user does not exist (any more).')
  }

  override async replaceHash(userId: string, before: string, after: string): Promise<void> {
    await this.#database.rows({
      name: 'user-replace-hash',
      text: 'UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2',
      values: [userId, before, after],
    })
  }

  override async userByName(username: string): Promise<UserRecord | undefined> {
    const row = await this.#database.read((prisma) => prisma.user.findUnique({ where: { username } }))
    return row === null ? undefined : toUser(row)
  }

  override async users(): Promise<readonly UserRecord[]> {
    const rows = await this.#database.read((prisma) => prisma.user.findMany({ orderBy: { username: 'asc' } }))
    return rows.map(toUser)
  }

  override async createCredential(
    credential: CredentialRecord,
    record: MutationRecord,
    inPlaceOf?: string,
  ): Promise<void> {
    const { prisma } = this.#database
    const create = prisma.credential.create({ data: toCredentialRow(credential) })
    if (inPlaceOf === undefined) return this.#database.prismaChange([create], record)
    const end = prisma.credential.updateMany({
      where: { id: inPlaceOf, revokedAt: null },
      data: { revokedAt: new Date() },
    })
    return this.#database.prismaChange([end, create], record)
  }

  /** Every request asks this: one join by the unique hash. */
  override async credentialByHash(
    tokenHash: string,
    { now, idleSince }: Liveness,
  ): Promise<LiveCredential | undefined> {
    const row = await this.#database.first<LiveCredentialRow>({
      name: 'credential-by-hash',
      text: `SELECT c.id, c.kind, c.user_id, c.project_id, c.role, c.token_hash, c.name, c.scopes, c.created_at, c.expires_at,
          c.last_used_at, c.address, c.agent, p.name AS project, u.username, u.password_hash, u.password_changed_at,
          u.disabled, u.capabilities, u.created_at AS user_created_at
        FROM credentials c LEFT JOIN users u ON u.id = c.user_id LEFT JOIN projects p ON p.id = c.project_id
        WHERE c.token_hash = $1 AND ${IS_LIVE('$2', '$3')}`,
      values: [tokenHash, now, idleSince],
    })
    return row === undefined ? undefined : toLiveCredential(row)
  }

  override async liveHashes(
    tokenHashes: readonly string[],
    { now, idleSince }: Liveness,
  ): Promise<ReadonlySet<string>> {
    const rows = await this.#database.rows<{ token_hash: string }>({
      name: 'credentials-live-hashes',
      text: `SELECT c.token_hash
        FROM credentials c LEFT JOIN users u ON u.id = c.user_id LEFT JOIN projects p ON p.id = c.project_id
        WHERE c.token_hash = ANY($1) AND ${IS_LIVE('$2', '$3')}`,
      values: [tokenHashes, now, idleSince],
    })
    return new Set(rows.map((row) => row.token_hash))
  }

  override async credentials(
    { kind, userId, projectId, role }: CredentialFilter,
    { now, idleSince }: Liveness,
  ): Promise<readonly CredentialRecord[]> {
    if ((userId === undefined) === (projectId === undefined)) {
      throw new AppError(
        'INTERNAL',
        'Credentials are asked for by account or by project, not by both or none.',
      )
    }
    const rows = await this.#database.read((prisma) =>
      prisma.credential.findMany({
        where: {
          kind,
          revokedAt: null,
          expiresAt: { gt: now },
          ...(userId !== undefined && { userId }),
          ...(projectId !== undefined && { projectId }),
          ...(role !== undefined && { role }),
          ...(kind === 'session' && {
            OR: [{ lastUsedAt: { gt: idleSince } }, { lastUsedAt: null, createdAt: { gt: idleSince } }],
          }),
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      }),
    )
    return rows.map(toCredential)
  }

  override async touch(credentialId: string, at: string): Promise<void> {
    await this.#database.rows({
      name: 'credential-touch',
      text: 'UPDATE credentials SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)',
      values: [credentialId, at],
    })
  }

  override revoke(credentialIds: readonly string[], record: MutationRecord): Promise<number> {
    return this.#database.change(
      {
        name: 'credentials-revoke',
        ctes: `change AS (UPDATE credentials SET revoked_at = now()
          WHERE id = ANY($1::text[]) AND revoked_at IS NULL RETURNING 1)`,
        values: [credentialIds],
      },
      record,
    )
  }
}
