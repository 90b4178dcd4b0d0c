import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { bearerOf, sessionCookieOf } from './credentials.js'

/** A page of another site cannot set this header without asking first (CORS preflight), and we never agree. */
export const CLIENT_HEADER = 'x-lockstep-client'
export const GRAPHQL_PATH = '/graphql'

export interface RequestGuardSettings {
  /** As people type it, e.g. `https://lockstep.example.org`. */
  readonly publicUrl: string
  /** Paths (as routes are written) that answer without a session. */
  readonly publicPaths: ReadonlySet<string>
  readonly isSignedIn: (request: FastifyRequest) => Promise<boolean>
}

/** Refuses what no client of ours would send: GET, other content types, foreign origins, cookies without the header. */
export function addRequestGuard(server: FastifyInstance, settings: RequestGuardSettings): void {
  const origin = new URL(settings.publicUrl).origin
  server.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store')
    if (!sameOrigin(request, origin)) return refuse(reply, 403, 'requests from other sites are not accepted')
    if (hasTwoTokens(request)) return refuse(reply, 400, 'send one authorization header')
    const route = request.routeOptions.url
    if (route === GRAPHQL_PATH) return guardGraphql(request, reply)
    if (route === undefined || settings.publicPaths.has(route)) return undefined
    if (!(await settings.isSignedIn(request))) return refuse(reply, 401, 'sign in first')
    return undefined
  })
}

function guardGraphql(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  if (request.method === 'GET' && isUpgrade(request)) return undefined
  if (request.method !== 'POST') return refuse(reply.header('allow', 'POST'), 405, 'use POST')
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/json(\s*;|$)/i.test(type))
    return refuse(reply, 415, 'use content-type application/json')
  const cookieOnly = bearerOf(request) === undefined && sessionCookieOf(request) !== undefined
  if (cookieOnly && request.headers[CLIENT_HEADER] === undefined) {
    return refuse(reply, 400, `send the header ${CLIENT_HEADER}`)
  }
  return undefined
}

/** Node keeps the first and drops the others; what stands before us may keep another one. */
function hasTwoTokens({ raw: { rawHeaders } }: FastifyRequest): boolean {
  const isName = (word: string, at: number): boolean => at % 2 === 0 && word.toLowerCase() === 'authorization'
  return rawHeaders.filter(isName).length > 1
}

function isUpgrade(request: FastifyRequest): boolean {
  return (request.headers.upgrade ?? '').toLowerCase() === 'websocket'
}

/** Without `Origin` it is no browser; with one it must be ours, by configuration or by the host that was asked. */
function sameOrigin(request: FastifyRequest, origin: string): boolean {
  const given = request.headers.origin
  if (given === undefined || given === origin) return true
  if (!URL.canParse(given)) return false
  return new URL(given).host === request.headers.host
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send({ errors: [{ message, extensions: { code: codeFor(status) } }] })
}

function codeFor(status: number): string {
  if (status === 401) return 'UNAUTHENTICATED'
  return status === 403 ? 'FORBIDDEN' : 'BAD_USER_INPUT'
}
