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
}

/**
 * An error meant for people. The message says what failed, on what (file:line, object, cluster), why,
 * and what to do now; it never holds a secret. `retry` (default `never`) tells the loop what to do next.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly retry: Retry

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.retry = options.retry ?? 'never'
  }
}

/** The message of anything thrown, without a stack. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
