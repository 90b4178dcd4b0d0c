import 'reflect-metadata'
import websocket from '@fastify/websocket'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import type { FastifyInstance } from 'fastify'
import type { RecordDenials } from '../audit/record-denials.js'
import { createDenials } from './audit/audit-features.js'
import { LoginLimiter } from '../login/login-limiter.js'
import { credentialOf } from './credentials.js'
import { endDeadSockets } from './end-dead-sockets.js'
import { createAuthenticate } from './features.js'
import type { GatewayDeps } from './gateway-deps.js'
import { GatewayModule } from './gateway.module.js'
import { GraphqlErrors } from './graphql-errors.js'
import { addGraphqlHooks } from './graphql-hooks.js'
import { keepRawBodies } from './http/raw-bodies.js'
import { refuseClosedLogins } from './http/refuse-closed-logins.js'
import { addSecurityHeaders } from './http/security-headers.js'
import { addRequestGuard, GRAPHQL_PATH } from './request-guard.js'
import { closeSlowReaders } from './slow-readers.js'
import { timeDocuments } from './time-documents.js'
import { guardUpgrades } from './upgrade-guard.js'
import { withAuditOrigin } from '../store/audit-origin.js'
import { withLogContext } from '../telemetry/log-context.js'
import type { Metrics } from '../telemetry/metrics.js'
import { MAX_DOCUMENT_LENGTH } from './document-limits.js'

/** Bodies: a document (100 KiB), its variables, a kubeconfig, a webhook. */
const BODY_LIMIT = 1_048_576
const PUBLIC_PATHS = ['/livez', '/readyz', '/healthz', '/api/version', '/setup']

/**
 * Builds the gateway, ready for `listen`. Rejects, and so keeps the process from starting, when a field of the schema has
 * no permission. `app.close()` ends it with its sockets.
 */
export async function createGateway(deps: GatewayDeps): Promise<NestFastifyApplication> {
  const authenticate = createAuthenticate(deps)
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    trustProxy: deps.settings.trustedProxies.length === 0 ? false : [...deps.settings.trustedProxies],
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: true,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
  })
  const server = adapter.getInstance() as unknown as FastifyInstance
  addSecurityHeaders(server, deps.settings.publicUrl)
  // Before Mercurius brings its own, which only Mercurius would see. Frames on a subscription are documents.
  await server.register(websocket, { options: { maxPayload: MAX_DOCUMENT_LENGTH } })
  const cutUpgraded = guardUpgrades(server.server, GRAPHQL_PATH)
  server.addHook('preClose', async () => cutUpgraded())
  const denials = traceRequests(server, deps)
  if (deps.rawPaths !== undefined) keepRawBodies(server, new Set(deps.rawPaths))
  if (deps.metrics !== undefined) timeRequests(server, deps.metrics)
  addRequestGuard(server, {
    publicUrl: deps.settings.publicUrl,
    publicPaths: new Set([...PUBLIC_PATHS, ...(deps.publicPaths ?? [])]),
    isSignedIn: async (request) => (await authenticate.run(credentialOf(request))) !== undefined,
  })
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.forRoot(deps, authenticate, denials),
    adapter,
    {
      logger: false,
      abortOnError: false,
      rawBody: true,
    },
  )
  refuseClosedLogins(server, app.get(LoginLimiter))
  await app.init()
  addGraphqlHooks(server.graphql, new GraphqlErrors(deps.logger, deps.newId))
  if (deps.metrics !== undefined) timeDocuments(server.graphql, deps.metrics)
  const endOfDrops = closeSlowReaders(server)
  app.getHttpServer().on('close', endOfDrops)
  app.getHttpServer().on('close', endDeadSockets(server, authenticate))
  return app
}

/** Every line and every audit event of a request says where it came from. */
function traceRequests(server: FastifyInstance, deps: GatewayDeps): RecordDenials {
  const denials = createDenials(deps)
  server.addHook('onClose', () => denials.close())
  server.addHook('onError', async (request, _reply, error) => {
    if ((error.statusCode ?? 500) >= 500) {
      deps.logger.error('an HTTP request failed unexpectedly', { route: request.routeOptions.url, error })
    }
  })
  server.addHook('onRequest', (request, _reply, done) =>
    withLogContext({ request: request.id }, () => withAuditOrigin({ source: request.ip }, done)),
  )
  return denials
}

/** By the route as it is declared: what callers make up has no series of its own. */
function timeRequests(server: FastifyInstance, metrics: Metrics): void {
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    const labels = { method: request.method, route, code: String(reply.statusCode) }
    metrics.observe('lockstep_http_request_duration_seconds', labels, reply.elapsedTime / 1000)
  })
}
