import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql'
import type { CredentialRecord } from '../../store/account-store.js'
import { Inherits } from '../access-rule.js'
import { opaqueId } from '../opaque-id.js'
import { DateTimeScalar } from '../scalars.js'
import { UserErrorType } from '../user-error.type.js'

/** An API token; the token itself is shown once, when it is made. */
@Inherits()
@ObjectType('ApiToken')
export class ApiTokenType {
  @Field(() => ID)
  id: string

  @Field(() => String)
  name: string

  @Field(() => [String], {
    nullable: true,
    description: 'What it may at most. Null: all that its owner may.',
  })
  scopes?: readonly string[]

  @Field(() => DateTimeScalar)
  createdAt: string

  @Field(() => DateTimeScalar)
  expiresAt: string

  @Field(() => DateTimeScalar, { nullable: true, description: 'To the minute.' })
  lastUsedAt?: string
}

export function toTokenView(record: CredentialRecord): ApiTokenType {
  const { id, name, scopes, createdAt, expiresAt, lastUsedAt } = record
  return {
    id: opaqueId('Token', id),
    name: name ?? id,
    ...(scopes !== undefined && { scopes }),
    createdAt,
    expiresAt,
    ...(lastUsedAt !== undefined && { lastUsedAt }),
  }
}

@Inherits()
@ObjectType('Session')
export class SessionType {
  @Field(() => ID)
  id: string

  @Field(() => Boolean, { description: 'The one that asks.' })
  isCurrent: boolean

  @Field(() => String, { nullable: true, description: 'From where it was begun.' })
  address?: string

  @Field(() => String, { nullable: true, description: 'What the program called itself.' })
  agent?: string

  @Field(() => DateTimeScalar)
  createdAt: string

  @Field(() => DateTimeScalar)
  expiresAt: string

  @Field(() => DateTimeScalar, { nullable: true, description: 'To the minute.' })
  lastUsedAt?: string
}

export function toSessionView(record: CredentialRecord, current: string | undefined): SessionType {
  const { id, createdAt, expiresAt, lastUsedAt, address, agent } = record
  return {
    id: opaqueId('Session', id),
    isCurrent: id === current,
    createdAt,
    expiresAt,
    ...(address !== undefined && { address }),
    ...(agent !== undefined && { agent }),
    ...(lastUsedAt !== undefined && { lastUsedAt }),
  }
}

@Inherits()
@ObjectType('ApiTokenPayload')
export class ApiTokenPayloadType {
  @Field(() => ID, { nullable: true })
  id?: string

  @Field(() => String, { nullable: true })
  name?: string

  @Field(() => String, { nullable: true, description: 'Shown this once.' })
  token?: string

  @Field(() => DateTimeScalar, { nullable: true })
  createdAt?: string

  @Field(() => DateTimeScalar, { nullable: true })
  expiresAt?: string

  @Field(() => [UserErrorType])
  userErrors: readonly UserErrorType[]
}

@Inherits()
@ObjectType('EndedPayload')
export class EndedPayloadType {
  @Field(() => Int, { nullable: true, description: 'How many ended.' })
  ended?: number

  @Field(() => [UserErrorType])
  userErrors: readonly UserErrorType[]
}

const LIFETIME = 'Default 30 days.'
const SCOPES =
  'What it may at most, "resource, action, object" each as in a policy, e.g. "applications, sync, shop/*". Default: all that its owner may.'
const NAME_OR_ID = 'Its name or its id.'

@InputType()
export class CreateApiTokenInput {
  @Field(() => String, { nullable: true, description: "Default: the caller's own." })
  account?: string | null

  @Field(() => String, { nullable: true, description: 'Default: its id.' })
  name?: string | null

  @Field(() => Int, { nullable: true, description: LIFETIME })
  expiresInSeconds?: number | null

  @Field(() => [String], { nullable: true, description: SCOPES })
  scopes?: readonly string[] | null
}

@InputType()
export class DeleteApiTokenInput {
  @Field(() => String, { nullable: true, description: "Default: the caller's own." })
  account?: string | null

  @Field(() => String, { description: NAME_OR_ID })
  token: string
}

@InputType()
export class EndSessionsInput {
  @Field(() => String, { nullable: true, description: "Default: the caller's own." })
  account?: string | null

  @Field(() => ID, { nullable: true, description: 'Default: all but the one that asks.' })
  session?: string | null
}

@InputType()
export class CreateRoleTokenInput {
  @Field(() => String)
  project: string

  @Field(() => String)
  role: string

  @Field(() => String, { nullable: true, description: 'Default: its id.' })
  name?: string | null

  @Field(() => Int, { nullable: true, description: LIFETIME })
  expiresInSeconds?: number | null

  @Field(() => [String], { nullable: true, description: SCOPES })
  scopes?: readonly string[] | null
}

@InputType()
export class DeleteRoleTokenInput {
  @Field(() => String)
  project: string

  @Field(() => String)
  role: string

  @Field(() => String, { description: NAME_OR_ID })
  token: string
}
