import { AppError } from '../base/app-error.js'

/**
 * Is this an answer about the object itself (then the object failed), or did the cluster not answer (then nothing is
 * known and everything is observed again)?
 */
export function isVerdict(error: unknown): boolean {
  return error instanceof AppError && error.retry === 'never'
}
