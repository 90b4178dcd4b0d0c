import { Field, InputType, ObjectType } from '@nestjs/graphql'
import { Inherits } from '../access-rule.js'
import { DateTimeScalar } from '../scalars.js'
import { UserErrorType } from '../user-error.type.js'

/** The person or token that asks. */
@Inherits()
@ObjectType('Viewer')
export class ViewerType {
  @Field(() => String)
  username: string

  @Field(() => String, { description: 'user or token.' })
  kind: string

  @Field(() => [String])
  groups: readonly string[]

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the password was proven; null for tokens.',
  })
  authenticatedAt?: string
}

@Inherits()
@ObjectType('LoginPayload')
export class LoginPayloadType {
  @Field(() => String, { nullable: true })
  username?: string

  @Field(() => String, { nullable: true, description: 'The session, only when `bearer` was asked for.' })
  token?: string

  @Field(() => DateTimeScalar, { nullable: true })
  expiresAt?: string

  @Field(() => [UserErrorType])
  userErrors: readonly UserErrorType[]
}

@Inherits()
@ObjectType('LogoutPayload')
export class LogoutPayloadType {
  @Field(() => [UserErrorType])
  userErrors: readonly UserErrorType[]
}

@InputType()
export class LoginInput {
  @Field(() => String)
  username: string

  @Field(() => String)
  password: string

  @Field(() => Boolean, { nullable: true, description: 'Answer the session instead of setting a cookie.' })
  bearer?: boolean | null
}

@InputType()
export class CompleteSetupInput {
  @Field(() => String, { description: 'The token of the link.' })
  token: string

  @Field(() => String)
  password: string

  @Field(() => Boolean, { nullable: true })
  bearer?: boolean | null
}

@InputType()
export class ConfirmPasswordInput {
  @Field(() => String)
  password: string

  @Field(() => Boolean, { nullable: true, description: 'Answer the session instead of setting a cookie.' })
  bearer?: boolean | null
}
