import { AppError } from '../../base/app-error.js'
import type { KeyPurpose } from '../vault.js'
import { BOX_PURPOSES, type PublicVaultKey, type VaultKey, type VaultKeys } from './local-vault.js'

export const PURPOSES = ['renders', 'git', 'clusters', 'login'] as const satisfies readonly KeyPurpose[]
export const KEY_BYTES = 32

/** Keys as a file holds them; every field may be absent, since no role holds all. */
interface KeyFile {
  readonly installationKey?: string
  readonly rings?: Readonly<Record<string, readonly { readonly id: string; readonly secret: string }[]>>
  readonly publicKeys?: Readonly<
    Record<string, readonly { readonly id: string; readonly publicKey: string }[]>
  >
}

export function writeKeyFile({ installationKey, rings, publicKeys = {} }: VaultKeys): string {
  const ringsOut = Object.entries(rings).map(([purpose, ring]) => [
    purpose,
    ring.map(({ id, secret }) => ({ id, secret: base64(secret) })),
  ])
  const publicOut = Object.entries(publicKeys).map(([purpose, keys]) => [
    purpose,
    keys.map(({ id, publicKey }) => ({ id, publicKey: base64(publicKey) })),
  ])
  const file: KeyFile = {
    ...(installationKey && { installationKey: base64(installationKey) }),
    rings: Object.fromEntries(ringsOut) as NonNullable<KeyFile['rings']>,
    ...(publicOut.length > 0 && {
      publicKeys: Object.fromEntries(publicOut) as NonNullable<KeyFile['publicKeys']>,
    }),
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

/** Throws INTERNAL that names the file and never quotes it. */
export function parseKeyFile(file: string, text: string): VaultKeys {
  try {
    const { installationKey, rings = {}, publicKeys = {} } = JSON.parse(text) as KeyFile
    return {
      ...(installationKey !== undefined && { installationKey: keyBytes(installationKey) }),
      rings: Object.fromEntries(
        PURPOSES.filter((purpose) => rings[purpose] !== undefined).map((purpose) => [
          purpose,
          (rings[purpose] ?? []).map(({ id, secret }): VaultKey => ({
            id: keyId(id),
            secret: keyBytes(secret),
          })),
        ]),
      ),
      publicKeys: Object.fromEntries(
        BOX_PURPOSES.filter((purpose) => publicKeys[purpose] !== undefined).map((purpose) => [
          purpose,
          (publicKeys[purpose] ?? []).map((key): PublicVaultKey => ({
            id: keyId(key.id),
            publicKey: keyBytes(key.publicKey),
          })),
        ]),
      ),
    }
  } catch {
    // The cause is dropped on purpose: a JSON error quotes the text, which is secret.
    throw new AppError(
      'INTERNAL',
      `Cannot read the keys in ${file}: entries of rings are {id, secret}, of publicKeys {id, publicKey}, keys are 32 bytes in base64. Restore the file from its backup.`,
    )
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

function keyId(id: string): string {
  if (!/^[a-z0-9-]{1,32}$/.test(id)) throw new Error('bad key id')
  return id
}

function keyBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== KEY_BYTES) throw new Error('bad key length')
  return bytes
}
