import type { FastifyInstance } from 'fastify'
import type { LoginLimiter } from '../../login/login-limiter.js'
import { tooManyFailures } from '../../login/verify-password.js'
import { GRAPHQL_PATH } from '../request-guard.js'

/** One login and nothing else, as clients send it: under any name, with its input as a variable. */
const LOGIN =
  /^\s*mutation\b[^{]*\{\s*(?:(\w+)\s*:\s*)?login\s*\(\s*input\s*:\s*\$(\w+)\s*\)\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}\s*\}\s*$/

/** Documents of clients are short; what is longer is read as any other. */
const MOST_LENGTH = 2_000

/**
 * Refuses logins that are known to be closed, from the memory of this process, before the document is parsed: a flood of them
 * costs an HTTP request each. Refuses nothing that the login itself would not refuse in the same words; what does not look
 * like a login of a client of ours is left to it.
 */
export function refuseClosedLogins(server: FastifyInstance, limiter: Pick<LoginLimiter, 'knownWait'>): void {
  server.addHook('preValidation', (request, reply, done) => {
    const asked = request.routeOptions.url === GRAPHQL_PATH ? askedLogin(request.body) : undefined
    const wait = asked === undefined ? 0 : limiter.knownWait({ username: asked.username, source: request.ip })
    if (asked === undefined || wait === 0) return done()
    const { code, message } = tooManyFailures(wait)
    const error = { message, path: [asked.key], extensions: { code } }
    reply.header('retry-after', String(wait)).send({ data: null, errors: [error] })
  })
}

/** Whose login the document asks for, and the key of its answer; undefined when it is anything else. */
export function askedLogin(body: unknown): { readonly username: string; readonly key: string } | undefined {
  const query = fieldOf(body, 'query')
  if (typeof query !== 'string' || query.length > MOST_LENGTH) return undefined
  const [, key = 'login', variable] = LOGIN.exec(query) ?? []
  if (variable === undefined) return undefined
  const username = fieldOf(fieldOf(fieldOf(body, 'variables'), variable), 'username')
  return typeof username === 'string' ? { username, key } : undefined
}

function fieldOf(value: unknown, name: string): unknown {
  return value !== null && typeof value === 'object' ? Reflect.get(value, name) : undefined
}
