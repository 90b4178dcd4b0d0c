import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Calls are `POST /call/<method>`. */
export const CALL_PATH = '/call/'

/** What a token is bound to. */
export interface CallFacts {
  /** Of HTTP, e.g. POST. */
  readonly verb: string
  /** Where the call is meant to arrive: a token taken to another process is worth nothing. */
  readonly address: string
  readonly path: string
}

export interface VerifiedToken {
  /** Binds the answer to this call. */
  readonly nonce: string
  readonly bodyHash: string
}

/** How far the clocks of two processes may differ, and how long a token lives. */
const LIFETIME_MS = 30_000
const FORM = /^Bearer v1\.(\d{1,15})\.([\w-]{22})\.([0-9a-f]{64})\.([0-9a-f]{64})$/

export function issueToken(
  key: string,
  facts: CallFacts & { readonly body: string },
  now: number,
): { readonly header: string; readonly nonce: string } {
  const nonce = randomBytes(16).toString('base64url')
  const hash = bodyHash(facts.body)
  return { header: `Bearer v1.${now}.${nonce}.${hash}.${callMac(key, facts, [now, nonce, hash])}`, nonce }
}

/** Undefined unless the token was made with this key, for this call, just now. The body is still to be compared. */
export function verifyToken(
  key: string,
  facts: CallFacts & { readonly header: string | undefined },
  now: number,
): VerifiedToken | undefined {
  const [, issued = '', nonce = '', hash = '', mac = ''] = FORM.exec(facts.header ?? '') ?? []
  const issuedAt = Number(issued)
  if (mac === '' || Math.abs(now - issuedAt) > LIFETIME_MS) return undefined
  const right = callMac(key, facts, [issuedAt, nonce, hash])
  return timingSafeEqual(Buffer.from(mac), Buffer.from(right)) ? { nonce, bodyHash: hash } : undefined
}

export function bodyHash(body: string | Uint8Array): string {
  return createHash('sha256').update(body).digest('hex')
}

/** Authenticates one line of an answer: of this call, at this place in it. */
export function lineMac(key: string, nonce: string, line: { readonly index: number; readonly text: string }) {
  return mac(key, ['answer', nonce, line.index, line.text])
}

export function sameMac(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}

/** Remembers tokens as long as they live, so that none is taken twice. */
export class SpentTokens {
  #older = new Set<string>()
  #newer = new Set<string>()
  #turnedAt = 0

  /** False when it was spent before. */
  spend(nonce: string, now: number): boolean {
    if (now - this.#turnedAt > 2 * LIFETIME_MS) {
      this.#older = this.#newer
      this.#newer = new Set()
      this.#turnedAt = now
    }
    if (this.#newer.has(nonce) || this.#older.has(nonce)) return false
    this.#newer.add(nonce)
    return true
  }
}

function callMac(key: string, { verb, address, path }: CallFacts, rest: readonly (string | number)[]) {
  return mac(key, ['call', verb, address, path, ...rest])
}

function mac(key: string, parts: readonly (string | number)[]): string {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex')
}
