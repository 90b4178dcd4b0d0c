import { AppError, type ErrorCode, type Retry } from '../../base/app-error.js'
import { PeerGone, type PeerValue } from '../peer-caller.js'

/** One line of an answer. The last one is `end` or `error`: an answer without it was cut. */
export type AnswerLine =
  { readonly value: PeerValue } | { readonly end: true } | { readonly error: WireError }

interface WireError {
  readonly code: ErrorCode
  readonly message: string
  readonly retry: Retry
  readonly gone?: boolean
}

/** Unknown errors stay on their side, in its log. */
export function toWireError(error: unknown): WireError {
  if (!(error instanceof AppError)) {
    return {
      code: 'INTERNAL',
      message: 'The worker failed unexpectedly; its log says why.',
      retry: 'backoff',
    }
  }
  const { code, message, retry } = error
  return { code, message, retry, ...(error instanceof PeerGone && { gone: true }) }
}

export function fromWireError({ code, message, retry, gone }: WireError): AppError {
  return gone === true ? new PeerGone(message) : new AppError(code, message, { retry })
}
