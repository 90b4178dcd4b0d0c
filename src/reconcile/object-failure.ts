import { AppError, type ErrorCode } from '../base/app-error.js'

/** What the server says about an object itself: it is malformed, refused by admission or a quota, forbidden, misplaced. */
const ABOUT_THE_OBJECT: readonly ErrorCode[] = ['BAD_USER_INPUT', 'FORBIDDEN', 'NOT_FOUND']

/**
 * Is this an answer about the object itself (then the object failed, and the retry policy decides), or did the cluster
 * not answer, or answer about something that changed meanwhile (then nothing is known and everything is observed again)?
 */
export function isVerdict(error: unknown): boolean {
  return error instanceof AppError && ABOUT_THE_OBJECT.includes(error.code)
}

/** The place of the object is not there: its namespace, or its kind. */
export function isNotFound(error: unknown): boolean {
  return error instanceof AppError && error.code === 'NOT_FOUND'
}
