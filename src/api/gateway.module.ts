import { Module, type DynamicModule } from '@nestjs/common'
import { GraphQLModule } from '@nestjs/graphql'
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { RecordDenials } from '../audit/record-denials.js'
import type { Authenticate } from '../login/authenticate.js'
import { extendAuditOrigin } from '../store/audit-origin.js'
import { resolveRowFields } from './application/row-fields.js'
import { AuditExportController } from './audit/audit-export.controller.js'
import { batchLoaders } from './batch-loaders.js'
import { credentialOf } from './credentials.js'
import { DenialReport } from './denial-report.js'
import { DOCUMENT_RULES } from './graphql-hooks.js'
import { MAX_TOKENS } from './document-limits.js'
import { featureProviders } from './features.js'
import type { GatewayDeps } from './gateway-deps.js'
import { GraphqlErrors } from './graphql-errors.js'
import { formatSubscriptionErrors } from './subscription-errors.js'
import { guardSchema } from './guard-schema.js'
import { HealthController, Readiness } from './http/health.controller.js'
import { SetupController } from './http/setup.controller.js'
import type { RequestContext } from './request-context.js'
import { RESOLVERS } from './resolvers.js'

/** Unknown fields are not answered with the names of known ones. Mercurius' types lag behind graphql's. */
const VALIDATION = { maxErrors: 10, hideSuggestions: true }

/** GraphQL and the few HTTP routes of the gateway. */
@Module({})
export class GatewayModule {
  static forRoot(deps: GatewayDeps, authenticate: Authenticate, denials: RecordDenials): DynamicModule {
    return {
      module: GatewayModule,
      imports: [
        GraphQLModule.forRoot<MercuriusDriverConfig>(graphqlOptions(deps, authenticate, denials)),
        ...(deps.modules ?? []),
      ],
      controllers: [HealthController, SetupController, AuditExportController],
      providers: [
        ...featureProviders(deps, authenticate),
        { provide: RecordDenials, useValue: denials },
        { provide: Readiness, useValue: { notReady: deps.notReady ?? (async () => undefined) } },
        ...RESOLVERS,
      ],
    }
  }
}

function graphqlOptions(
  deps: GatewayDeps,
  authenticate: Authenticate,
  denials: RecordDenials,
): MercuriusDriverConfig {
  const report = new DenialReport(denials)
  const errors = new GraphqlErrors(deps.logger, deps.newId)
  const contextOf = async (
    request: FastifyRequest,
    credential: string | undefined,
  ): Promise<Omit<RequestContext, 'reply'>> => {
    const principal = await authenticate.run(credential)
    if (principal?.credentialId !== undefined) extendAuditOrigin({ credential: principal.credentialId })
    return {
      request,
      loaders: batchLoaders(deps.stores),
      ...(principal && credential !== undefined && { principal, credential }),
    }
  }
  return {
    driver: MercuriusDriver,
    autoSchemaFile: true,
    sortSchema: true,
    transformSchema: (schema) =>
      resolveRowFields(formatSubscriptionErrors(guardSchema(schema, report), errors)),
    path: '/graphql',
    // At the fourth use, whatever the load: the adaptive form waits for a quiet moment, and never compiles on a busy server.
    jit: 3,
    cache: 1000,
    ide: false,
    allowBatchedQueries: false,
    validationRules: DOCUMENT_RULES,
    graphql: {
      parseOptions: { maxTokens: MAX_TOKENS },
      validateOptions: VALIDATION,
    },
    errorFormatter: errors.format,
    context: (request: FastifyRequest, _reply: FastifyReply) => contextOf(request, credentialOf(request)),
    subscription: {
      context: (_socket: unknown, request: FastifyRequest) => contextOf(request, credentialOf(request)),
      onConnect: (message: { readonly payload?: unknown }) => connect(message.payload, authenticate),
      keepAlive: 20_000,
      queueHighWaterMark: 100,
    },
  }
}

/** `connection_init`: a token in the payload is for clients that cannot set headers; a wrong one ends the connection. */
async function connect(
  payload: unknown,
  authenticate: Authenticate,
): Promise<boolean | Pick<RequestContext, 'principal' | 'credential'>> {
  if (payload === null || typeof payload !== 'object' || !('authorization' in payload)) return true
  const credential = /^Bearer (\S+)$/i.exec(String(payload.authorization))?.[1]
  const principal = await authenticate.run(credential)
  return principal !== undefined && credential !== undefined ? { principal, credential } : false
}
