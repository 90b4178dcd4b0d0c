import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'

/**
 * Sealed boxes: whoever has the public key can close one, only the private key opens it. Per box a fresh X25519 key, HKDF-SHA-256 over
 * the agreed secret bound to both public keys, AES-256-GCM. Layout: public key of the box, tag, ciphertext.
 */
const POINT_BYTES = 32
const TAG_BYTES = 16
const KEY_BYTES = 32
const NONCE_BYTES = 12
const CIPHER = 'aes-256-gcm'
const HASH = 'sha256'
const PURPOSE_OF_KEY = Buffer.from('lockstep sealed box 2')
/** What stands in front of the 32 bytes of a key in DER (RFC 8410). */
const PRIVATE_DER = Buffer.from('302e020100300506032b656e04220420', 'hex')
const PUBLIC_DER = Buffer.from('302a300506032b656e032100', 'hex')

/** A private key derived from the secret of a ring, so that one secret per purpose is all there is to keep. */
export function boxPrivateKey(secret: Uint8Array, purpose: string): KeyObject {
  const seed = Buffer.from(hkdfSync(HASH, secret, Buffer.alloc(0), `lockstep box key ${purpose}`, KEY_BYTES))
  return createPrivateKey({ key: Buffer.concat([PRIVATE_DER, seed]), format: 'der', type: 'pkcs8' })
}

/** The 32 bytes that a private key answers to. */
export function boxPublicBytes(key: KeyObject): Uint8Array {
  return createPublicKey(key.export({ format: 'pem', type: 'pkcs8' }))
    .export({ format: 'der', type: 'spki' })
    .subarray(PUBLIC_DER.length)
}

/** `additional` is what the box is bound to; it opens only with the same. */
export function closeBox(recipient: Uint8Array, additional: Uint8Array, plain: Uint8Array): Uint8Array {
  const own = generateKeyPairSync('x25519')
  const point = own.publicKey.export({ format: 'der', type: 'spki' }).subarray(PUBLIC_DER.length)
  const secret = diffieHellman({ privateKey: own.privateKey, publicKey: publicKeyOf(recipient) })
  const { key, nonce } = keyAndNonce(secret, point, recipient)
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(additional)
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([point, cipher.getAuthTag(), body])
}

/** Throws when the box was altered, is bound to something else or was closed for another key. */
export function openBox(own: KeyObject, additional: Uint8Array, box: Uint8Array): Uint8Array {
  if (box.length < POINT_BYTES + TAG_BYTES) throw new Error('the box is too short')
  const point = box.subarray(0, POINT_BYTES)
  const secret = diffieHellman({ privateKey: own, publicKey: publicKeyOf(point) })
  const { key, nonce } = keyAndNonce(secret, point, boxPublicBytes(own))
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(additional)
  decipher.setAuthTag(box.subarray(POINT_BYTES, POINT_BYTES + TAG_BYTES))
  return Buffer.concat([decipher.update(box.subarray(POINT_BYTES + TAG_BYTES)), decipher.final()])
}

/** The key serves one box, so its nonce may be derived too. */
function keyAndNonce(secret: Uint8Array, point: Uint8Array, recipient: Uint8Array) {
  const salt = Buffer.concat([point, recipient])
  const bytes = Buffer.from(hkdfSync(HASH, secret, salt, PURPOSE_OF_KEY, KEY_BYTES + NONCE_BYTES))
  return { key: bytes.subarray(0, KEY_BYTES), nonce: bytes.subarray(KEY_BYTES) }
}

function publicKeyOf(point: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([PUBLIC_DER, point]), format: 'der', type: 'spki' })
}
