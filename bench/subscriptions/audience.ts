import { randomUUID } from 'node:crypto'
import { POLICY_SETTING } from '../../src/access/read-policy.js'
import { API_TOKEN_PREFIX, hashToken, newSecretToken } from '../../src/login/secret-token.js'
import type { Stores } from '../../src/store/stores.js'
import { inFlight } from '../cluster/apply-manifests.js'

const DAY_MS = 86_400_000
/** What each of them may see: the projects of `bench/ours/seed.ts`. */
const PROJECTS = 9

/** So many people with a token each, members of one team: nothing that is kept for one of them serves another. */
export async function audience(stores: Stores, count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, at) => `person-${at}`)
  const tokens: string[] = []
  await inFlight(names, async (name) => void tokens.push(await personWithToken(stores, name)))
  const rules = Array.from(
    { length: PROJECTS },
    (_, at) => `p, role:team, applications, get, project-${String(at).padStart(3, '0')}/*, allow`,
  )
  const members = names.map((name) => `g, ${name}, role:team`)
  await stores.settings.set(POLICY_SETTING, [...rules, ...members].join('\n'), recordOf('set-policy'))
  return tokens
}

async function personWithToken({ accounts }: Stores, username: string): Promise<string> {
  const now = Date.now()
  const createdAt = new Date(now).toISOString()
  const id = randomUUID()
  const user = { id, username, disabled: false, capabilities: ['apiKey' as const], createdAt }
  await accounts.createUser(user, recordOf('create-account'))
  const token = newSecretToken(API_TOKEN_PREFIX)
  const credential = {
    id: randomUUID(),
    kind: 'token' as const,
    userId: id,
    tokenHash: hashToken(token),
    createdAt,
    expiresAt: new Date(now + DAY_MS).toISOString(),
  }
  await accounts.createCredential(credential, recordOf('create-token'))
  return token
}

function recordOf(action: string) {
  return { audit: { actor: 'system', action, object: 'seed' }, doorbells: [] }
}
