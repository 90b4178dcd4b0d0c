import type { ConnectionStage } from './connection-stage.js'

/** The closed list of error codes; the API, the CLI and the logs use the same words. */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  /** Signed in, but too long ago for this: confirm the password. */
  | 'PASSWORD_REQUIRED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'BAD_USER_INPUT'
  | 'QUERY_TOO_COMPLEX'
  | 'RATE_LIMITED'
  | 'UPSTREAM_GIT'
  | 'UPSTREAM_CLUSTER'
  | 'TIMEOUT'
  | 'INTERNAL'

/** What the reconcile loop does with an error: give up until an input changes, back off, or wait as told. */
export type Retry = 'never' | 'backoff' | { readonly afterSeconds: number }

export interface AppErrorOptions {
  readonly retry?: Retry
  readonly cause?: unknown
  /** Where a connection failed, when that is what failed. */
  readonly stage?: ConnectionStage | undefined
}

/**
 * An error meant for people. The message says what failed, on what (file:line, object, cluster), why,
 * and what to do now; it never holds a secret. `retry` (default `never`) tells the loop what to do next.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly retry: Retry
  readonly stage: ConnectionStage | undefined

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.retry = options.retry ?? 'never'
    this.stage = options.stage
  }
}

/** The stage at which anything thrown failed to connect, where it says so. */
export function stageOf(error: unknown): ConnectionStage | undefined {
  return error instanceof AppError ? error.stage : undefined
}

/** The message of anything thrown, without a stack. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
