import { randomUUID } from 'node:crypto'
import { API_TOKEN_PREFIX, hashToken, newSecretToken } from '../login/secret-token.js'
import { newAdmin } from '../login/new-admin.js'
import { ADMIN_USERNAME } from '../login/verified-identity.js'
import type { Stores } from '../store/stores.js'

const DAYS = 366

/**
 * A token of the admin account for the person who owns this machine's state folder; made by the quickstart, which may
 * write that folder and so may do everything anyway. Leaves the password unset: the one-time link still works.
 */
export async function issueLocalToken(stores: Pick<Stores, 'accounts'>, name: string): Promise<string> {
  const { accounts } = stores
  const audit = {
    actor: 'system',
    action: 'create-token',
    object: `account/${ADMIN_USERNAME}`,
    details: { name },
  }
  if ((await accounts.userByName(ADMIN_USERNAME)) === undefined) {
    const user = newAdmin(randomUUID(), new Date().toISOString())
    await accounts.createUser(user, { audit: { ...audit, action: 'create-account' }, doorbells: [] })
  }
  const user = await accounts.userByName(ADMIN_USERNAME)
  if (user === undefined) throw new Error('The admin account was removed meanwhile; start again.')
  const token = newSecretToken(API_TOKEN_PREFIX)
  const now = Date.now()
  const credential = {
    id: randomUUID(),
    kind: 'token' as const,
    name,
    userId: user.id,
    tokenHash: hashToken(token),
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + DAYS * 86_400_000).toISOString(),
  }
  await accounts.createCredential(credential, { audit, doorbells: [] })
  return token
}
