/** One key ring per purpose: a leak of one opens nothing else. */
export type KeyPurpose = 'renders' | 'git' | 'clusters' | 'login'

/** Where a ciphertext lives; it opens only there (AAD). */
export interface SealedAt {
  readonly table: string
  readonly row: string
  readonly column: string
}

/** Seals secrets for the database: AES-256-GCM, key id in front, AAD = table + row + column. */
export abstract class Vault {
  abstract seal(purpose: KeyPurpose, at: SealedAt, plain: Uint8Array): Uint8Array
  /** Throws INTERNAL when the key is unknown or the bytes were altered or moved. */
  abstract open(purpose: KeyPurpose, at: SealedAt, sealed: Uint8Array): Uint8Array
  /** HMAC-SHA-256 with the installation key, hex: hashes of objects that cannot be guessed from outside. */
  abstract hmac(text: string): string
}
