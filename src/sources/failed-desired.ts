import type { InputOids } from '../engine/application/is-affected.js'
import { AppError } from '../base/app-error.js'
import type { Application } from '../engine/application/application.js'
import type { Desired } from '../store/records.js'

const MAX_SENTENCE = 2000

/** What an application should be cannot be told. `inputs` are what would have to change; none = try again anyway. */
export function failedDesired(
  application: Application,
  failure: AppError,
  found: {
    readonly revisions: readonly string[]
    readonly inputs: readonly InputOids[]
    readonly at: string
  },
): Desired {
  return {
    applicationId: application.id,
    generation: application.generation,
    revisions: found.revisions,
    // No keys: without a complete render nothing is compared, and nothing is ever pruned.
    renderKeys: [],
    inputs: failure.retry === 'never' ? found.inputs : [],
    error: failure.message.slice(0, MAX_SENTENCE),
    updatedAt: found.at,
  }
}

/**
 * Is a failure not worth writing? When it says what is known already, and when it is a passing one (Git is away) over
 * a good render of the same spec: that render stays true, its age is shown by the age of the heads.
 */
export function isFailureRedundant(wish: Desired, failure: AppError, before: Desired | undefined): boolean {
  if (before === undefined || before.generation !== wish.generation) return false
  if (before.error === undefined) return failure.retry !== 'never'
  return before.error === wish.error && JSON.stringify(before.inputs) === JSON.stringify(wish.inputs)
}

/** Every failure as one for people; what was not expected is told without its content. */
export function failureOf(error: unknown): AppError {
  if (error instanceof AppError) return error
  return new AppError('INTERNAL', 'Cannot render the sources: an unexpected failure, which the log names', {
    retry: 'backoff',
    cause: error,
  })
}
