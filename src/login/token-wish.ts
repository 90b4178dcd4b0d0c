import { AppError } from '../base/app-error.js'
import { scopeProblem } from '../engine/access/token-scope.js'
import type { CredentialRecord } from '../store/account-store.js'
import { API_TOKEN_PREFIX, hashToken, newSecretToken } from './secret-token.js'

export interface TokenWish {
  /** Default: its id. */
  readonly name?: string | undefined
  readonly lifetimeSeconds: number
  /** What it may at most, `resource, action, object` each; default: all that its owner may. */
  readonly scopes?: readonly string[] | undefined
}

/** Shown once; afterwards only its hash exists. */
export interface ApiToken {
  readonly id: string
  readonly name: string
  readonly token: string
  readonly scopes?: readonly string[]
  readonly createdAt: string
  readonly expiresAt: string
}

const MIN_SECONDS = 60
const MAX_SECONDS = 366 * 86_400
const MAX_NAME_LENGTH = 64
const MAX_SCOPES = 50
const MAX_SCOPE_LENGTH = 500

/** Throws BAD_USER_INPUT for a wish that no token fulfils, CONFLICT for a name that a living one has. */
export function checkTokenWish(wish: TokenWish, living: readonly CredentialRecord[]): void {
  const { name, lifetimeSeconds } = wish
  if (name !== undefined && (name.length > MAX_NAME_LENGTH || !/^[\w.@+ -]+$/.test(name))) {
    throw refused(
      `the name needs 1 to ${MAX_NAME_LENGTH} letters, digits, blanks or signs of ". _ - @ +"`,
      'BAD_USER_INPUT',
    )
  }
  if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds < MIN_SECONDS || lifetimeSeconds > MAX_SECONDS) {
    throw refused('it must expire, after one minute to 366 days', 'BAD_USER_INPUT')
  }
  const wrong = scopesProblem(wish)
  if (wrong !== undefined) throw new AppError('BAD_USER_INPUT', `Cannot create the token. ${wrong}`)
  if (name !== undefined && living.some((token) => token.name === name || token.id === name)) {
    throw refused(`a token named "${name}" exists; delete it first or choose another name`, 'CONFLICT')
  }
}

function scopesProblem({ scopes }: TokenWish): string | undefined {
  if (scopes === undefined) return undefined
  if (scopes.length === 0 || scopes.length > MAX_SCOPES)
    return `Name 1 to ${MAX_SCOPES} scopes, or none at all for all that its owner may.`
  const long = scopes.some((scope) => scope.length > MAX_SCOPE_LENGTH)
  if (long) return `A scope has at most ${MAX_SCOPE_LENGTH} characters.`
  return scopes.map(scopeProblem).find((problem) => problem !== undefined)
}

/** A new token and what is stored of it. */
export function makeToken(
  wish: TokenWish,
  { id, now }: { readonly id: string; readonly now: number },
): { readonly token: ApiToken; readonly stored: CredentialRecord } {
  const text = newSecretToken(API_TOKEN_PREFIX)
  const facts = {
    id,
    name: wish.name ?? id,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + wish.lifetimeSeconds * 1000).toISOString(),
    ...(wish.scopes !== undefined && { scopes: wish.scopes }),
  }
  return { token: { ...facts, token: text }, stored: { ...facts, kind: 'token', tokenHash: hashToken(text) } }
}

/** What the audit trail says of a new token. */
export function tokenDetails({ name, expiresAt, scopes }: ApiToken) {
  return { name, expiresAt, ...(scopes !== undefined && { scopes: [...scopes] }) }
}

function refused(reason: string, code: 'BAD_USER_INPUT' | 'CONFLICT'): AppError {
  return new AppError(code, `Cannot create the token: ${reason}.`)
}
