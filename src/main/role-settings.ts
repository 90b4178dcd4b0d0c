import { AppError, reasonOf } from '../base/app-error.js'
import type { Settings } from '../settings/settings.js'
import type { VaultKeys } from '../vault/local/local-vault.js'
import { readRoleKeys, type KeyHolder } from '../vault/local/role-keys.js'

/** What a process of one role cannot be without, proven to be there. */
export interface RoleSettings {
  readonly settings: Settings
  readonly databaseUrl: string
  readonly internalKey: string
  readonly keys: VaultKeys
}

const WILDCARDS = ['0.0.0.0', '::', '*']

/** Reads what a role needs. Throws BAD_USER_INPUT that lists everything that is missing, and everything it must not hold. */
export async function settingsOfRole(role: KeyHolder, settings: Settings): Promise<RoleSettings> {
  const faults = [...missing(role, settings)]
  const keys = await keysOf(role, settings, faults)
  const { url: databaseUrl } = settings.database
  const { key: internalKey } = settings.internal
  if (faults.length > 0 || keys === undefined || databaseUrl === undefined || internalKey === undefined) {
    throw new AppError('BAD_USER_INPUT', [`A ${role} cannot start like this:`, ...faults].join('\n  - '))
  }
  return { settings, databaseUrl, internalKey, keys }
}

function missing(role: KeyHolder, settings: Settings): readonly string[] {
  const { database, queue, redis, internal } = settings
  const faults = {
    'database.url: all processes of an installation share one database; set its URL':
      database.url === undefined,
    'internal.key: processes call each other with it; set the same secret (32 characters or more) in each':
      internal.key === undefined,
    'queue.kind: doorbells must reach other processes; choose redis, or postgres for a small installation':
      queue.kind === 'memory',
    'redis.url: queue.kind is redis; set its URL': queue.kind === 'redis' && redis.url === undefined,
    [`internal.address: a wildcard such as ${internal.host} is no address; say how the gateway reaches this process`]:
      role !== 'gateway' && WILDCARDS.includes(internal.host) && internal.address === undefined,
    [`vault.keysFile: make the key files with make-keys and name the one of the ${role}`]:
      settings.vault.keysFile === undefined,
  }
  return Object.entries(faults).flatMap(([fault, isThere]) => (isThere ? [fault] : []))
}

async function keysOf(
  role: KeyHolder,
  { vault }: Settings,
  faults: string[],
): Promise<VaultKeys | undefined> {
  if (vault.keysFile === undefined) return undefined
  try {
    return await readRoleKeys(vault.keysFile, role)
  } catch (error) {
    faults.push(...reasonOf(error).split('\n  - '))
    return undefined
  }
}
