import type { KeyPurpose, SealedAt, Vault } from './vault.js'

/** A secret on its way to another process, as JSON can carry it. */
export interface SealedCall {
  /** Names this one call. */
  readonly call: string
  /** Base64; opens only as this call of this method, by whoever holds the key of its purpose. */
  readonly sealed: string
}

export interface CallTopic {
  readonly purpose: KeyPurpose
  /** What is called, e.g. `probe-cluster`. */
  readonly method: string
}

/** `value` is anything that JSON can carry; `call` must never have been used before. */
export function sealCall(
  vault: Pick<Vault, 'seal'>,
  { purpose, method, call }: CallTopic & { readonly call: string },
  value: unknown,
): SealedCall {
  const plain = new TextEncoder().encode(JSON.stringify(value))
  const sealed = vault.seal(purpose, placeOf(method, call), plain)
  return { call, sealed: Buffer.from(sealed).toString('base64') }
}

/** What was sealed. Throws INTERNAL when the key is another one, or the box was altered or belongs to another call. */
export function openCall(
  vault: Pick<Vault, 'open'>,
  { purpose, method }: CallTopic,
  { call, sealed }: SealedCall,
): unknown {
  const plain = vault.open(purpose, placeOf(method, call), Buffer.from(sealed, 'base64'))
  return JSON.parse(new TextDecoder().decode(plain))
}

function placeOf(method: string, call: string): SealedAt {
  return { table: 'calls', row: call, column: method }
}
