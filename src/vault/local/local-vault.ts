import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { AppError } from '../../base/app-error.js'
import { Vault, type KeyPurpose, type SealedAt } from '../vault.js'

/** One key of a ring. The id is stored in front of every ciphertext. */
export interface VaultKey {
  /** 1 to 32 characters of `[a-z0-9-]`. */
  readonly id: string
  /** 32 bytes. */
  readonly secret: Uint8Array
}

/** The first key of each ring seals, all of them open: put a new key in front to rotate. */
export interface VaultKeys {
  readonly rings: Readonly<Record<KeyPurpose, readonly VaultKey[]>>
  /** The installation key: 32 bytes, never rotated (hashes of objects would all change). */
  readonly installationKey: Uint8Array
}

const FORMAT = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const CIPHER = 'aes-256-gcm'

/** Keys in memory. Layout: format, length of the key id, key id, nonce, tag, ciphertext. */
export class LocalVault extends Vault {
  readonly #keys: VaultKeys

  constructor(keys: VaultKeys) {
    super()
    this.#keys = keys
  }

  override seal(purpose: KeyPurpose, at: SealedAt, plain: Uint8Array): Uint8Array {
    const key = this.#keys.rings[purpose][0]
    if (key === undefined) throw new AppError('INTERNAL', `Cannot seal: there is no key for "${purpose}".`)
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, key.secret, nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(additional(purpose, at))
    const body = Buffer.concat([cipher.update(plain), cipher.final()])
    const id = Buffer.from(key.id, 'ascii')
    return Buffer.concat([Buffer.from([FORMAT, id.length]), id, nonce, cipher.getAuthTag(), body])
  }

  override open(purpose: KeyPurpose, at: SealedAt, sealed: Uint8Array): Uint8Array {
    const parts = split(sealed)
    const key = this.#keys.rings[purpose].find(({ id }) => id === parts?.keyId)
    if (parts === undefined || key === undefined) throw cannotOpen(purpose, at, 'its key is unknown')
    const decipher = createDecipheriv(CIPHER, key.secret, parts.nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(additional(purpose, at))
    decipher.setAuthTag(parts.tag)
    try {
      return Buffer.concat([decipher.update(parts.body), decipher.final()])
    } catch {
      throw cannotOpen(purpose, at, 'it was altered or belongs elsewhere')
    }
  }

  override hmac(text: string): string {
    return createHmac('sha256', this.#keys.installationKey).update(text).digest('hex')
  }
}

interface Parts {
  readonly keyId: string
  readonly nonce: Uint8Array
  readonly tag: Uint8Array
  readonly body: Uint8Array
}

function split(sealed: Uint8Array): Parts | undefined {
  const start = 2 + (sealed[1] ?? 0)
  const body = start + NONCE_BYTES + TAG_BYTES
  if (sealed[0] !== FORMAT || sealed.length < body) return undefined
  return {
    keyId: Buffer.from(sealed.subarray(2, start)).toString('ascii'),
    nonce: sealed.subarray(start, start + NONCE_BYTES),
    tag: sealed.subarray(start + NONCE_BYTES, body),
    body: sealed.subarray(body),
  }
}

/** JSON keeps the parts apart: no two places have the same text. */
function additional(purpose: KeyPurpose, { table, row, column }: SealedAt): Uint8Array {
  return Buffer.from(JSON.stringify([purpose, table, row, column]))
}

function cannotOpen(purpose: KeyPurpose, { table, row, column }: SealedAt, why: string): AppError {
  return new AppError('INTERNAL', `Cannot open ${table}.${column} of ${row} (keys "${purpose}"): ${why}.`)
}
