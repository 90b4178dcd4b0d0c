import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits in a form that is safe in a URL and a header; `prefix` lets secret scanners find leaks. */
export function newSecretToken(prefix: string): string {
  return prefix + randomBytes(32).toString('base64url')
}

/** What is stored of a token: with 256 random bits a plain SHA-256 cannot be guessed back. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Prefix of API tokens, and of sessions when the CLI carries them. */
export const API_TOKEN_PREFIX = 'lst_'
export const SESSION_PREFIX = 'lss_'
/** Longer texts are not tokens of ours and are not hashed. */
export const MAX_TOKEN_LENGTH = 256
