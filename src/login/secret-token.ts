import { createHash, randomBytes } from 'node:crypto'

/** Prefix of API tokens, and of sessions when the CLI carries them. */
export const API_TOKEN_PREFIX = 'lst_'
export const SESSION_PREFIX = 'lss_'
/** Longer texts are not tokens of ours and are not hashed. */
export const MAX_TOKEN_LENGTH = 256

const CHECKSUM_LENGTH = 6
/** 32 bytes in base64url, and the checksum. */
const LENGTH_AFTER_PREFIX = 43 + CHECKSUM_LENGTH

/**
 * 256 random bits in a form that is safe in a URL and a header. `prefix` lets secret scanners find leaks, the checksum at the
 * end lets them, and us, tell a token from text that looks like one.
 */
export function newSecretToken(prefix: string): string {
  const token = prefix + randomBytes(32).toString('base64url')
  return token + checksumOf(token)
}

/** False for what nobody ever made: it need not be looked up. Tokens from before there were checksums pass. */
export function canBeToken(token: string): boolean {
  if (token === '' || token.length > MAX_TOKEN_LENGTH) return false
  const prefix = [API_TOKEN_PREFIX, SESSION_PREFIX].find((known) => token.startsWith(known))
  if (prefix === undefined || token.length !== prefix.length + LENGTH_AFTER_PREFIX) return true
  return token.endsWith(checksumOf(token.slice(0, -CHECKSUM_LENGTH)))
}

/** What is stored of a token: with 256 random bits a plain SHA-256 cannot be guessed back. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function checksumOf(text: string): string {
  return createHash('sha256').update(`checksum ${text}`).digest('base64url').slice(0, CHECKSUM_LENGTH)
}
