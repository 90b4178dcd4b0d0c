import { GraphQLError, type ExecutionResult, type GraphQLFormattedError } from 'graphql'
import { AppError, type ErrorCode } from '../base/app-error.js'
import type { NewId } from '../base/clock.js'
import type { Logger } from '../base/logger.js'

interface Answer {
  readonly statusCode: number
  readonly response: ExecutionResult
}

/** The one place where errors become GraphQL errors: `extensions.code` from the closed list, nothing of the inside. */
export class GraphqlErrors {
  private readonly logger: Logger
  private readonly newId: NewId

  constructor(logger: Logger, newId: NewId) {
    this.logger = logger
    this.newId = newId
  }

  /** What Mercurius calls for every answer with errors. */
  readonly format = (execution: ExecutionResult): Answer => {
    const thrown = (execution.errors ?? []).flatMap(parts)
    const errors = thrown.map((error) => this.one(error))
    const refusedBefore = thrown.some((error) => isInvalidDocument(error))
    return {
      statusCode: execution.data == null && refusedBefore ? 400 : 200,
      // Mercurius wants error objects; their JSON form is what goes out.
      response: { data: execution.data ?? null, errors: errors.map(toError) },
    }
  }

  /** Whatever was thrown, as it goes out. */
  outward(thrown: unknown): GraphQLError {
    const originalError = thrown instanceof Error ? thrown : new Error(String(thrown))
    return toError(this.one(new GraphQLError(originalError.message, { originalError })))
  }

  /** The error as it goes out. */
  one(error: GraphQLError): GraphQLFormattedError {
    const original = rootOf(error)
    const where = {
      ...(error.path && { path: error.path }),
      ...(error.locations && { locations: error.locations }),
    }
    if (original instanceof AppError)
      return { message: original.message, ...where, extensions: { code: original.code } }
    const code = codeOf(error, original)
    if (code !== undefined) return { message: withoutValue(error.message), ...where, extensions: { code } }
    const id = this.newId()
    this.logger.error('an API request failed unexpectedly', {
      errorId: id,
      path: error.path,
      error: original,
    })
    return {
      message: `Something broke inside. The log has it under ${id}.`,
      ...where,
      extensions: { code: 'INTERNAL', id },
    }
  }
}

/** The coercion of variables quotes the whole input, passwords too; which field is wrong and why is enough. */
function withoutValue(message: string): string {
  return message.replace(/got invalid value .*?( at "[\w.$[\]]+")?; (?=[^;]*$)/s, 'got an invalid value$1; ')
}

function toError(formatted: GraphQLFormattedError): GraphQLError {
  const error = new GraphQLError(formatted.message, {
    ...(formatted.path && { path: formatted.path }),
    ...(formatted.extensions && { extensions: formatted.extensions }),
  })
  return error
}

/** Validation answers several errors in one. */
function parts(error: GraphQLError): readonly GraphQLError[] {
  const original: unknown = error.originalError
  if (hasErrors(original)) {
    return original.errors.map((inner) =>
      inner instanceof GraphQLError ? inner : new GraphQLError(String(messageOf(inner))),
    )
  }
  return [error]
}

function hasErrors(value: unknown): value is { readonly errors: readonly unknown[] } {
  return value !== null && typeof value === 'object' && 'errors' in value && Array.isArray(value.errors)
}

function messageOf(value: unknown): unknown {
  return value !== null && typeof value === 'object' && 'message' in value ? value.message : value
}

function rootOf(error: GraphQLError): unknown {
  let current: unknown = error
  for (let depth = 0; depth < 5; depth += 1) {
    if (!(current instanceof GraphQLError) || current.originalError === undefined) return current
    current = current.originalError
  }
  return current
}

/** Errors that say themselves what the caller did wrong. */
function codeOf(error: GraphQLError, original: unknown): ErrorCode | undefined {
  // A compiled document makes errors of its own for wrong variables, without extensions.
  const own = error.extensions?.['code']
  if (own === 'QUERY_TOO_COMPLEX' || own === 'UNAUTHENTICATED' || own === 'BAD_USER_INPUT') return own
  // A GraphQL error without an inner error was made by the parser, the validator or the coercion of variables.
  if (original instanceof GraphQLError) return 'BAD_USER_INPUT'
  if (isClientFault(original)) return 'BAD_USER_INPUT'
  return undefined
}

function isInvalidDocument(error: GraphQLError): boolean {
  const original = rootOf(error)
  return !(original instanceof AppError) && codeOf(error, original) !== undefined
}

/** Fastify's own refusals (body too large, not JSON) carry a status below 500. */
function isClientFault(value: unknown): boolean {
  if (value === null || typeof value !== 'object' || !('statusCode' in value)) return false
  return typeof value.statusCode === 'number' && value.statusCode >= 400 && value.statusCode < 500
}
