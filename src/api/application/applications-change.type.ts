import { Field, ObjectType } from '@nestjs/graphql'
import type { ApplicationOutcome } from '../../applications/change-applications.js'
import { Inherits } from '../access-rule.js'
import { OperationType, toOperationView } from '../operation/operation.type.js'
import { UserErrorType } from '../user-error.type.js'

/** What came of one application of many. */
@Inherits()
@ObjectType('ApplicationOutcome')
export class ApplicationOutcomeType {
  @Field(() => String)
  namespace: string

  @Field(() => String)
  name: string

  @Field(() => OperationType, { nullable: true })
  operation?: OperationType

  @Field(() => UserErrorType, { nullable: true, description: 'Why nothing was done with this one.' })
  userError?: UserErrorType
}

@Inherits()
@ObjectType('ApplicationsPayload')
export class ApplicationsPayloadType {
  @Field(() => [ApplicationOutcomeType], { nullable: true, description: 'By name.' })
  outcomes?: readonly ApplicationOutcomeType[]

  @Field(() => [UserErrorType])
  userErrors: readonly UserErrorType[]
}

export function toOutcomeView({
  namespace,
  name,
  operation,
  failure,
}: ApplicationOutcome): ApplicationOutcomeType {
  return {
    namespace,
    name,
    ...(operation && { operation: toOperationView(operation) }),
    ...(failure && {
      userError: { code: failure.code, message: failure.message, path: ['input', 'choice'] },
    }),
  }
}
