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

/** A refusal within an answer. */
export interface AnsweredDenial {
  readonly error: AppError
  /** As audit events name it, e.g. `application/argocd/shop`; absent = what the arguments name. */
  readonly object?: string
}

/** On a payload, for the audit trail only: what was refused to the caller, said or hidden. Never in the schema. */
const DENIED = Symbol('denied')

interface Answered {
  readonly [DENIED]?: readonly AnsweredDenial[]
}

/** The refusals behind an answer that looks as if there were no such object, or that tells them one by one. */
export function deniedBehind(answer: unknown): readonly AnsweredDenial[] {
  const isAnswered = (value: unknown): value is Answered => value !== null && typeof value === 'object'
  return isAnswered(answer) ? (answer[DENIED] ?? []) : []
}

/** The answer, with what the audit trail shall know of it. */
export function withDenials<T extends object>(answer: T, denied: readonly AnsweredDenial[]): T & Answered {
  return { ...answer, [DENIED]: denied }
}

/** Runs a mutation: failures that a person can mend go into the payload, all others are errors of the request. */
export async function payload<T extends object>(
  run: () => Promise<T>,
): Promise<(T & Payload) | (Payload & Answered)> {
  try {
    return { ...(await run()), userErrors: [] }
  } catch (error) {
    if (!(error instanceof AppError) || !FOR_PEOPLE.has(error.code)) throw error
    const userErrors = [{ code: error.code, message: error.message, path: ['input'] }]
    return error instanceof NotVisible ? withDenials({ userErrors }, [{ error }]) : { userErrors }
  }
}
