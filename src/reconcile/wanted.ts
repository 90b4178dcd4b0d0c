import { AppError } from '../base/app-error.js'
import type { Application } from '../engine/application/application.js'
import type { Project } from '../engine/project/project.js'
import type { Operation } from '../engine/sync/operation.js'
import type { ApplicationFacts } from '../store/application-facts.js'
import type { Desired } from '../store/records.js'
import type { CompareRequest } from './compare-application.js'

/** `desired` is what shall be live: what is `declared`, or the render of a deployment that somebody rolls back to. */
export interface Wanted extends CompareRequest {
  readonly declared: Desired | undefined
}

/** What shall be live; undefined while the declaration was not rendered yet. */
export function wantedOf({
  application,
  desired,
  active,
}: ApplicationFacts): Pick<Wanted, 'desired' | 'declared'> | undefined {
  const declared = desired?.generation === application.generation ? desired : undefined
  const wanted = earlierRender(application, active) ?? declared
  return wanted && { desired: wanted, declared }
}

function earlierRender(
  { id, generation }: Application,
  operation: Operation | undefined,
): Desired | undefined {
  const rollback = operation?.request.rollback
  if (rollback === undefined) return undefined
  const { revisions, renderKeys } = rollback
  return {
    applicationId: id,
    generation,
    revisions,
    renderKeys,
    inputs: [],
    updatedAt: operation?.startedAt ?? '',
  }
}

/** Throws BAD_USER_INPUT when the project does not exist. */
export function projectOf({ application, project }: ApplicationFacts): Project {
  if (project !== undefined) return project
  throw new AppError(
    'BAD_USER_INPUT',
    `Project "${application.spec.project}" of application "${application.name}" does not exist. Create it, or correct spec.project.`,
  )
}

/** What names a cluster or project that is not there is wrong until a person acts; anything else may pass. */
export function conditionOf(error: unknown): 'InvalidSpecError' | 'ComparisonError' {
  const wrong =
    error instanceof AppError &&
    ['NOT_FOUND', 'BAD_USER_INPUT'].includes(error.code) &&
    error.retry === 'never'
  return wrong ? 'InvalidSpecError' : 'ComparisonError'
}
