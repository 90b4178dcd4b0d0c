import { readFile } from 'node:fs/promises'
import { AppError, reasonOf } from '../../base/app-error.js'
import type { KeyPurpose } from '../vault.js'
import { parseKeyFile, PURPOSES } from './key-file.js'
import { BOX_PURPOSES, publicKeysOf, type BoxPurpose, type VaultKeys } from './local-vault.js'

/** The roles that run as processes of their own. */
export type KeyHolder = 'gateway' | 'source-worker' | 'cluster-worker'

interface Holdings {
  readonly rings: readonly KeyPurpose[]
  readonly publicKeys: readonly BoxPurpose[]
  /** Hashes objects and names renders. */
  readonly installationKey: boolean
}

/** Who holds which keys; what is not listed a role must never hold. */
export const HOLDINGS: Readonly<Record<KeyHolder, Holdings>> = {
  gateway: { rings: ['login'], publicKeys: ['git', 'clusters'], installationKey: false },
  'source-worker': { rings: ['git', 'renders'], publicKeys: [], installationKey: true },
  'cluster-worker': { rings: ['clusters', 'renders'], publicKeys: [], installationKey: true },
}

/** The part of all keys that one role gets. */
export function keysFor(holder: KeyHolder, all: VaultKeys): VaultKeys {
  const { rings, publicKeys, installationKey } = HOLDINGS[holder]
  return {
    rings: Object.fromEntries(rings.map((purpose) => [purpose, all.rings[purpose] ?? []])),
    publicKeys: Object.fromEntries(
      publicKeys.map((purpose) => [purpose, publicKeysOf(all.rings[purpose] ?? [], purpose)]),
    ),
    ...(installationKey && all.installationKey && { installationKey: all.installationKey }),
  }
}

/** Why a role may not start with these keys, one sentence each: something is missing, or is there that it must not hold. */
export function faultsOfKeys(holder: KeyHolder, keys: VaultKeys): readonly string[] {
  const wanted = HOLDINGS[holder]
  return [
    ...PURPOSES.flatMap((purpose) =>
      fault(`rings.${purpose}`, wanted.rings.includes(purpose), keys.rings[purpose]),
    ),
    ...BOX_PURPOSES.flatMap((purpose) =>
      fault(`publicKeys.${purpose}`, wanted.publicKeys.includes(purpose), keys.publicKeys?.[purpose]),
    ),
    ...fault('installationKey', wanted.installationKey, keys.installationKey),
  ].map((what) => `${what} (a ${holder})`)
}

/** The keys of one role. Throws BAD_USER_INPUT that lists every fault, and never what a key is. */
export async function readRoleKeys(file: string, holder: KeyHolder): Promise<VaultKeys> {
  const keys = parseKeyFile(file, await read(file))
  const faults = faultsOfKeys(holder, keys)
  if (faults.length === 0) return keys
  const lines = [`The keys in ${file} are not those of a ${holder}:`, ...faults]
  throw new AppError('BAD_USER_INPUT', lines.join('\n  - '))
}

function fault(
  name: string,
  wanted: boolean,
  found: { readonly length: number } | undefined,
): readonly string[] {
  const isThere = found !== undefined && found.length > 0
  if (wanted === isThere) return []
  return [wanted ? `${name} is missing` : `${name} must not be there`]
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const message = `Cannot read the keys of this process: ${reasonOf(error)}. Make them with "make-keys", or correct vault.keysFile.`
    throw new AppError('BAD_USER_INPUT', message)
  }
}
