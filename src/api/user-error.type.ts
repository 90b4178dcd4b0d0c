import { Field, ObjectType } from '@nestjs/graphql'
import { AppError, type ErrorCode } from '../base/app-error.js'
import { NotVisible } from '../base/not-visible.js'
import { Inherits } from './access-rule.js'

/** A failure that the person can mend: wrong input, a conflict, Git or the cluster did not answer. */
@Inherits()
@ObjectType('UserError')
export class UserErrorType {
  @Field(() => String)
  code: ErrorCode

  @Field(() => String)
  message: string

  @Field(() => [String])
  path: readonly string[]
}

/** What every payload has. */
export interface Payload {
  readonly userErrors: readonly UserErrorType[]
}

const FOR_PEOPLE: ReadonlySet<ErrorCode> = new Set([
  'BAD_USER_INPUT',
  'CONFLICT',
  'NOT_FOUND',
  'UPSTREAM_GIT',
  'UPSTREAM_CLUSTER',
  'TIMEOUT',
])

/** On a payload, for the audit trail only: what was hidden from the caller. Never in the schema. */
const DENIED = Symbol('denied')

interface Refused extends Payload {
  readonly [DENIED]?: NotVisible
}

/** The refusal behind an answer that looks as if there were no such object. */
export function deniedBehind(answer: unknown): NotVisible | undefined {
  if (answer === null || typeof answer !== 'object' || !(DENIED in answer)) return undefined
  return answer[DENIED] instanceof NotVisible ? answer[DENIED] : undefined
}

/** Runs a mutation: failures that a person can mend go into the payload, all others are errors of the request. */
export async function payload<T extends object>(run: () => Promise<T>): Promise<T | Refused> {
  try {
    return { ...(await run()), userErrors: [] }
  } catch (error) {
    if (!(error instanceof AppError) || !FOR_PEOPLE.has(error.code)) throw error
    const userErrors = [{ code: error.code, message: error.message, path: ['input'] }]
    return error instanceof NotVisible ? { userErrors, [DENIED]: error } : { userErrors }
  }
}
