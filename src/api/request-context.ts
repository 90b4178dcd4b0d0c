import { createParamDecorator, type ExecutionContext } from '@nestjs/common'
import { GqlExecutionContext } from '@nestjs/graphql'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../base/app-error.js'
import type { Principal } from '../engine/access/principal.js'
import type { LoginPlace } from '../login/complete-login.js'
import type { BatchLoaders } from './batch-loaders.js'

/** What belongs to one request (or one WebSocket connection); made anew each time, never kept. */
export interface RequestContext {
  readonly principal?: Principal
  /** The token that the caller came with: subscriptions ask again with it. */
  readonly credential?: string
  readonly loaders: BatchLoaders
  readonly request: FastifyRequest
  readonly reply?: FastifyReply
}

/** From where the request comes: behind a trusted proxy what that says. */
export function placeOf({ request }: Pick<RequestContext, 'request'>): LoginPlace {
  return { source: request.ip, agent: request.headers['user-agent'] ?? '' }
}

/** The principal of the request in a resolver; UNAUTHENTICATED when nobody is signed in. */
export const Caller = createParamDecorator((_unused: unknown, execution: ExecutionContext): Principal => {
  const { principal } = contextOf(execution)
  if (principal === undefined) throw new AppError('UNAUTHENTICATED', 'Sign in first.')
  return principal
})

/** The whole request context in a resolver. */
export const Ctx = createParamDecorator((_unused: unknown, execution: ExecutionContext): RequestContext =>
  contextOf(execution),
)

function contextOf(execution: ExecutionContext): RequestContext {
  return GqlExecutionContext.create(execution).getContext<RequestContext>()
}
