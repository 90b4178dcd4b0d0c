import type { FastifyInstance } from 'fastify'

/** A media type of our own, so that no other parser takes the body. */
const RAW = 'application/vnd.lockstep.raw'

/**
 * Bodies of these routes reach their controller as the bytes that came, whatever they call themselves: nothing of them
 * is parsed before the controller has verified who signed them.
 */
export function keepRawBodies(server: FastifyInstance, paths: ReadonlySet<string>): void {
  server.addContentTypeParser(RAW, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.addHook('onRequest', (request, _reply, done) => {
    if (paths.has(request.routeOptions.url ?? '')) request.raw.headers['content-type'] = RAW
    done()
  })
}
