import { Field, ID, InputType, ObjectType } from '@nestjs/graphql'
import type { Capability, UserRecord } from '../../store/account-store.js'
import { Inherits } from '../access-rule.js'
import { AccountCapabilityEnum } from '../enums.js'
import { opaqueId } from '../opaque-id.js'
import { DateTimeScalar } from '../scalars.js'
import { UserErrorType } from '../user-error.type.js'

/** A local account. */
@Inherits()
@ObjectType('Account')
export class AccountType {
  @Field(() => ID)
  id: string

  @Field(() => String)
  name: string

  @Field(() => Boolean)
  enabled: boolean

  @Field(() => [AccountCapabilityEnum])
  capabilities: readonly Capability[]

  @Field(() => Boolean)
  hasPassword: boolean

  @Field(() => DateTimeScalar, { nullable: true })
  passwordChangedAt?: string

  @Field(() => DateTimeScalar)
  createdAt: string
}

export function toAccountView(user: UserRecord): AccountType {
  const { id, username, disabled, capabilities, passwordHash, passwordChangedAt, createdAt } = user
  return {
    id: opaqueId('Account', id),
    name: username,
    enabled: !disabled,
    capabilities,
    hasPassword: passwordHash !== undefined,
    ...(passwordChangedAt !== undefined && { passwordChangedAt }),
    createdAt,
  }
}

@Inherits()
@ObjectType('AccountPayload')
export class AccountPayloadType {
  @Field(() => AccountType, { nullable: true })
  account?: AccountType

  @Field(() => [UserErrorType])
  userErrors: readonly UserErrorType[]
}

@InputType()
export class CreateAccountInput {
  @Field(() => String)
  name: string

  @Field(() => [AccountCapabilityEnum], { nullable: true, description: 'Default LOGIN.' })
  capabilities?: Capability[] | null

  @Field(() => String, { nullable: true, description: 'Without it nobody signs in until one is set.' })
  password?: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'Instead of a password, a bcrypt hash ($2a$ or $2b$) of Argo CD; the first login replaces it.',
  })
  bcryptHash?: string | null
}

@InputType()
export class UpdateAccountInput {
  @Field(() => String)
  name: string

  @Field(() => Boolean, { nullable: true })
  enabled?: boolean | null

  @Field(() => [AccountCapabilityEnum], { nullable: true })
  capabilities?: Capability[] | null
}

@InputType()
export class DeleteAccountInput {
  @Field(() => String)
  name: string
}

@InputType()
export class UpdatePasswordInput {
  @Field(() => String, { nullable: true, description: "Default: the caller's own." })
  account?: string | null

  @Field(() => String, { description: 'Of the caller, whosever password is set.' })
  currentPassword: string

  @Field(() => String)
  newPassword: string

  @Field(() => Boolean, { nullable: true, description: 'Answer the session instead of setting a cookie.' })
  bearer?: boolean | null
}
