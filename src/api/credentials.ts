import type { FastifyRequest } from 'fastify'

/** With https the cookie has the `__Host-` prefix, which browsers accept for this very host only. */
const SECURE_COOKIE = '__Host-lockstep'
const PLAIN_COOKIE = 'lockstep'

/** The token of `Authorization: Bearer`, if any. */
export function bearerOf(request: FastifyRequest): string | undefined {
  return /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '')?.[1]
}

/** The session of the cookie, if any. */
export function sessionCookieOf(request: FastifyRequest): string | undefined {
  const cookies = new Map<string, string>()
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const equals = part.indexOf('=')
    if (equals > 0) cookies.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim())
  }
  return cookies.get(SECURE_COOKIE) ?? cookies.get(PLAIN_COOKIE)
}

/** The token that counts: a bearer token wins over a cookie. */
export function credentialOf(request: FastifyRequest): string | undefined {
  return bearerOf(request) ?? sessionCookieOf(request)
}

/** `Set-Cookie` of a session; `Lax`, so that links from mail and chat stay signed in. */
export function sessionCookie(token: string, publicUrl: string, maxAgeSeconds: number): string {
  const secure = publicUrl.startsWith('https:')
  const name = secure ? SECURE_COOKIE : PLAIN_COOKIE
  return `${name}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${secure ? '; Secure' : ''}`
}
