import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import { AppError } from '../../base/app-error.js'
import { Vault, type KeyPurpose, type SealedAt } from '../vault.js'
import { boxPrivateKey, boxPublicBytes, closeBox, openBox } from './sealed-box.js'

/** One key of a ring. The id is stored in front of every ciphertext. */
export interface VaultKey {
  /** 1 to 32 characters of `[a-z0-9-]`. */
  readonly id: string
  /** 32 bytes. */
  readonly secret: Uint8Array
}

/** What of a key may be known where nothing may be read. */
export interface PublicVaultKey {
  readonly id: string
  /** X25519, 32 bytes. */
  readonly publicKey: Uint8Array
}

/** Credentials, which one role writes and another one reads. */
export const BOX_PURPOSES = ['git', 'clusters'] as const satisfies readonly KeyPurpose[]
export type BoxPurpose = (typeof BOX_PURPOSES)[number]

/** The first key of each ring seals, all of them open: put a new key in front to rotate. */
export interface VaultKeys {
  readonly rings: Readonly<Partial<Record<KeyPurpose, readonly VaultKey[]>>>
  /** Keys of purposes that this process may seal for and not read. */
  readonly publicKeys?: Readonly<Partial<Record<BoxPurpose, readonly PublicVaultKey[]>>>
  /** The installation key: 32 bytes, never rotated (hashes of objects would all change). */
  readonly installationKey?: Uint8Array
}

/** Symmetric: nonce, tag, ciphertext. */
const RING_FORMAT = 1
/** A sealed box. */
const BOX_FORMAT = 2
const NONCE_BYTES = 12
const TAG_BYTES = 16
const CIPHER = 'aes-256-gcm'

interface BoxKeys {
  readonly closes: PublicVaultKey | undefined
  readonly opens: ReadonlyMap<string, KeyObject>
}

/**
 * Keys in memory. Layout of a ciphertext: format, length of the key id, key id, sealed bytes. Credentials go into sealed boxes; what was
 * sealed symmetrically before still opens.
 */
export class LocalVault extends Vault {
  readonly #keys: VaultKeys
  readonly #boxes: Readonly<Record<BoxPurpose, BoxKeys>>
  /** Made once: Node takes six times as long for every hash when it is given the bytes. */
  readonly #installationKey: KeyObject | undefined

  constructor(keys: VaultKeys) {
    super()
    this.#keys = keys
    const { installationKey } = keys
    this.#installationKey = installationKey === undefined ? undefined : createSecretKey(installationKey)
    this.#boxes = { git: boxKeys(keys, 'git'), clusters: boxKeys(keys, 'clusters') }
  }

  override seal(purpose: KeyPurpose, at: SealedAt, plain: Uint8Array): Uint8Array {
    if (!isBoxPurpose(purpose)) return this.#sealWithRing(purpose, at, plain)
    const { closes } = this.#boxes[purpose]
    if (closes === undefined) throw noKey('seal', purpose)
    const box = closeBox(closes.publicKey, additional(purpose, at), plain)
    return Buffer.concat([head(BOX_FORMAT, closes.id), box])
  }

  override open(purpose: KeyPurpose, at: SealedAt, sealed: Uint8Array): Uint8Array {
    const parts = split(sealed)
    if ((this.#keys.rings[purpose] ?? []).length === 0) throw noKey('open', purpose)
    try {
      const plain = parts === undefined ? undefined : this.#opened(purpose, at, parts)
      if (plain !== undefined) return plain
    } catch {
      throw cannotOpen(purpose, at, 'it was altered or belongs elsewhere')
    }
    throw cannotOpen(purpose, at, 'its key is unknown')
  }

  /** Was it sealed in another way, or under another key, than `seal` would use now? */
  isOutdated(purpose: KeyPurpose, sealed: Uint8Array): boolean {
    const parts = split(sealed)
    const isBox = isBoxPurpose(purpose)
    const key = isBox ? this.#boxes[purpose].closes : this.#keys.rings[purpose]?.[0]
    return parts?.format !== (isBox ? BOX_FORMAT : RING_FORMAT) || parts.keyId !== key?.id
  }

  override hmac(text: string): string {
    if (this.#installationKey === undefined) {
      throw new AppError('INTERNAL', 'Cannot hash: this process holds no installation key.')
    }
    return createHmac('sha256', this.#installationKey).update(text).digest('hex')
  }

  #sealWithRing(purpose: KeyPurpose, at: SealedAt, plain: Uint8Array): Uint8Array {
    const key = this.#keys.rings[purpose]?.[0]
    if (key === undefined) throw noKey('seal', purpose)
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, key.secret, nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(additional(purpose, at))
    const body = Buffer.concat([cipher.update(plain), cipher.final()])
    return Buffer.concat([head(RING_FORMAT, key.id), nonce, cipher.getAuthTag(), body])
  }

  /** Undefined when the key is unknown; throws when the bytes do not open. */
  #opened(purpose: KeyPurpose, at: SealedAt, { format, keyId, rest }: Parts): Uint8Array | undefined {
    if (format === BOX_FORMAT && isBoxPurpose(purpose)) {
      const own = this.#boxes[purpose].opens.get(keyId)
      return own === undefined ? undefined : openBox(own, additional(purpose, at), rest)
    }
    const key = this.#keys.rings[purpose]?.find(({ id }) => id === keyId)
    if (format !== RING_FORMAT || key === undefined) return undefined
    const body = NONCE_BYTES + TAG_BYTES
    const nonce = rest.subarray(0, NONCE_BYTES)
    const decipher = createDecipheriv(CIPHER, key.secret, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(additional(purpose, at))
    decipher.setAuthTag(rest.subarray(NONCE_BYTES, body))
    return Buffer.concat([decipher.update(rest.subarray(body)), decipher.final()])
  }
}

/** What may be told to those who seal for a purpose: the public side of each key of its ring, in the same order. */
export function publicKeysOf(ring: readonly VaultKey[], purpose: BoxPurpose): readonly PublicVaultKey[] {
  return ring.map(({ id, secret }) => ({ id, publicKey: boxPublicBytes(boxPrivateKey(secret, purpose)) }))
}

function boxKeys({ rings, publicKeys }: VaultKeys, purpose: BoxPurpose): BoxKeys {
  const ring = rings[purpose] ?? []
  return {
    closes: ring.length > 0 ? publicKeysOf(ring.slice(0, 1), purpose)[0] : publicKeys?.[purpose]?.[0],
    opens: new Map(ring.map(({ id, secret }) => [id, boxPrivateKey(secret, purpose)])),
  }
}

function isBoxPurpose(purpose: KeyPurpose): purpose is BoxPurpose {
  return (BOX_PURPOSES as readonly KeyPurpose[]).includes(purpose)
}

interface Parts {
  readonly format: number
  readonly keyId: string
  readonly rest: Uint8Array
}

function head(format: number, keyId: string): Uint8Array {
  const id = Buffer.from(keyId, 'latin1')
  return Buffer.concat([Buffer.from([format, id.length]), id])
}

function split(sealed: Uint8Array): Parts | undefined {
  const [format, length] = sealed
  if (format === undefined || length === undefined || sealed.length < 2 + length) return undefined
  const keyId = Buffer.from(sealed.subarray(2, 2 + length)).toString('latin1')
  return { format, keyId, rest: sealed.subarray(2 + length) }
}

/** JSON keeps the parts apart: no two places have the same text. */
function additional(purpose: KeyPurpose, { table, row, column }: SealedAt): Uint8Array {
  return Buffer.from(JSON.stringify([purpose, table, row, column]))
}

function noKey(what: 'seal' | 'open', purpose: KeyPurpose): AppError {
  return new AppError('INTERNAL', `Cannot ${what}: this process holds no key for "${purpose}".`)
}

function cannotOpen(purpose: KeyPurpose, { table, row, column }: SealedAt, why: string): AppError {
  return new AppError('INTERNAL', `Cannot open ${table}.${column} of ${row} (keys "${purpose}"): ${why}.`)
}
