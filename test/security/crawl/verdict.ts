import type { Answer } from '../../integration/api/gateway-fixture.js'

/**
 * `sign-in`: nobody is signed in; `denied`: known, but not permitted; `hidden`: as if it did not exist; `passes`: the
 * permission is there, whatever came of it.
 */
export type Verdict = 'sign-in' | 'denied' | 'hidden' | 'passes'

const BY_CODE: Readonly<Record<string, Verdict>> = {
  UNAUTHENTICATED: 'sign-in',
  FORBIDDEN: 'denied',
  NOT_FOUND: 'hidden',
  // After many wrong passwords; whoever asks is not signed in.
  RATE_LIMITED: 'sign-in',
}

export function verdictOf(answer: Pick<Answer, 'data' | 'errors' | 'text'>, field: string): Verdict {
  // What fails further below is about that field: the root field passed.
  const own = answer.errors.filter((error) => (error.path ?? []).length < 2)
  const wrong = own.find((error) => NOT_ASKED.has(error.extensions?.code))
  if (wrong !== undefined) throw new Error(`The call of ${field} is wrong: ${answer.text.slice(0, 500)}`)
  const payload: unknown = answer.data?.[field]
  const userErrors =
    payload !== null && typeof payload === 'object' && 'userErrors' in payload ? payload.userErrors : []
  const code = own[0]?.extensions.code ?? firstCode(userErrors)
  return BY_CODE[code ?? ''] ?? 'passes'
}

/** Refused before anybody looked at who asks: then the crawl would prove nothing. */
const NOT_ASKED = new Set<string | undefined>([undefined, 'QUERY_TOO_COMPLEX', 'BAD_USER_INPUT'])

function firstCode(userErrors: unknown): string | undefined {
  const first: unknown = Array.isArray(userErrors) ? userErrors[0] : undefined
  return first !== null && typeof first === 'object' && 'code' in first ? String(first.code) : undefined
}
