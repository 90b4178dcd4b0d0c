import { createParamDecorator, type ExecutionContext } from '@nestjs/common'
import { GqlExecutionContext } from '@nestjs/graphql'
import type { GraphQLResolveInfo } from 'graphql'
import { asksFor } from '../asks-for.js'
import type { RequestContext } from '../request-context.js'

/** Reads for all rows of a page what the caller asks of each, before the rows are resolved one by one. */
export type PreloadRows = (applicationIds: readonly string[]) => Promise<void>

export const Preload = createParamDecorator((_unused: unknown, execution: ExecutionContext): PreloadRows => {
  const context = GqlExecutionContext.create(execution)
  const info = context.getInfo<GraphQLResolveInfo>()
  const { loaders } = context.getContext<RequestContext>()
  return async (ids) => {
    if (asksFor(info, 'operation')) await loaders.operation.preload(ids)
  }
})
