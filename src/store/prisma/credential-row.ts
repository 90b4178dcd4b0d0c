import type { Capability, CredentialRecord, LiveCredential, UserRecord } from '../account-store.js'
import type { Credential as CredentialRow, User as UserRow } from './generated/client.js'

/** A credential with its owner, from typed SQL. */
export interface LiveCredentialRow {
  readonly id: string
  readonly kind: string
  readonly user_id: string | null
  readonly project_id: string | null
  readonly role: string | null
  readonly token_hash: string
  readonly name: string | null
  readonly scopes: string | null
  readonly created_at: Date
  readonly expires_at: Date
  readonly last_used_at: Date | null
  readonly address: string | null
  readonly agent: string | null
  readonly project: string | null
  readonly username: string
  readonly password_hash: string | null
  readonly password_changed_at: Date | null
  readonly disabled: boolean
  readonly capabilities: string[]
  readonly user_created_at: Date
}

/** Condition on `credentials c`, `users u` and `projects p`; `now` and `idleSince` name the parameters. */
export const IS_LIVE = (
  now: string,
  idleSince: string,
): string => `c.revoked_at IS NULL AND c.expires_at > ${now}
  AND (c.kind <> 'session' OR coalesce(c.last_used_at, c.created_at) > ${idleSince}::timestamptz)
  AND CASE WHEN c.user_id IS NULL
    THEN p.spec->'roles' @> jsonb_build_array(jsonb_build_object('name', c.role))
    ELSE NOT u.disabled AND CASE c.kind WHEN 'session' THEN 'login' ELSE 'apiKey' END = ANY(u.capabilities) END`

export function toUser(row: UserRow): UserRecord {
  const { id, username, passwordHash, passwordChangedAt, disabled, capabilities, createdAt } = row
  return {
    id,
    username,
    ...(passwordHash !== null && { passwordHash }),
    ...(passwordChangedAt !== null && { passwordChangedAt: passwordChangedAt.toISOString() }),
    disabled,
    capabilities: capabilities.filter(isCapability),
    createdAt: createdAt.toISOString(),
  }
}

function isCapability(word: string): word is Capability {
  return word === 'login' || word === 'apiKey'
}

export function toCredentialRow({ scopes, ...credential }: CredentialRecord) {
  const none = { userId: null, projectId: null, role: null, name: null, lastUsedAt: null }
  return { ...none, address: null, agent: null, ...credential, scopes: scopes?.join('\n') ?? null }
}

export function toCredential(row: Omit<CredentialRow, 'revokedAt'>): CredentialRecord {
  const { id, kind, userId, projectId, role, tokenHash, name, scopes, lastUsedAt, address, agent } = row
  return {
    id,
    kind: kind === 'session' ? 'session' : 'token',
    ...(userId !== null && { userId }),
    ...(projectId !== null && { projectId }),
    ...(role !== null && { role }),
    tokenHash,
    ...(name !== null && { name }),
    ...(scopes !== null && { scopes: scopes.split('\n') }),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    ...(lastUsedAt !== null && { lastUsedAt: lastUsedAt.toISOString() }),
    ...(address !== null && { address }),
    ...(agent !== null && { agent }),
  }
}

export function toLiveCredential(row: LiveCredentialRow): LiveCredential {
  const credential = toCredential({
    id: row.id,
    kind: row.kind,
    userId: row.user_id,
    projectId: row.project_id,
    role: row.role,
    tokenHash: row.token_hash,
    name: row.name,
    scopes: row.scopes,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    address: row.address,
    agent: row.agent,
  })
  if (row.project !== null && row.role !== null) return { credential, project: row.project, role: row.role }
  const user = toUser({
    id: row.user_id ?? '',
    username: row.username,
    passwordHash: row.password_hash,
    passwordChangedAt: row.password_changed_at,
    disabled: row.disabled,
    capabilities: row.capabilities,
    createdAt: row.user_created_at,
  })
  return { credential, user }
}
