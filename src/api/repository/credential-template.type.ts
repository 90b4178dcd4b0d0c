import { Field, ID, InputType, ObjectType } from '@nestjs/graphql'
import type { CredentialTemplate } from '../../store/credential-template-store.js'
import { Inherits } from '../access-rule.js'
import { opaqueId } from '../opaque-id.js'
import { DateTimeScalar } from '../scalars.js'
import { UserErrorType } from '../user-error.type.js'

/** A credential for every repository below a URL that has none of its own. It cannot be read by anybody. */
@Inherits()
@ObjectType('CredentialTemplate')
export class CredentialTemplateType implements Omit<CredentialTemplate, 'prefix'> {
  @Field(() => ID)
  id: string

  @Field(() => String, { description: 'The longest one that begins the URL of a repository is used.' })
  url: string

  @Field(() => String, { nullable: true })
  username?: string

  @Field(() => DateTimeScalar)
  createdAt: string
}

export function toCredentialTemplateView(template: CredentialTemplate): CredentialTemplateType {
  return { ...template, id: opaqueId('CredentialTemplate', template.id) }
}

@Inherits()
@ObjectType('CredentialTemplatePayload')
export class CredentialTemplatePayloadType {
  @Field(() => CredentialTemplateType, { nullable: true })
  credentialTemplate?: CredentialTemplateType

  @Field(() => [UserErrorType])
  userErrors: readonly UserErrorType[]
}

@InputType()
export class AddCredentialTemplateInput {
  @Field(() => String)
  url: string

  @Field(() => String, { nullable: true })
  username?: string | null

  @Field(() => String, { description: 'Password or token. Stored sealed.' })
  password: string

  @Field(() => Boolean, { nullable: true, description: 'Give one that exists this credential.' })
  upsert?: boolean | null
}

@InputType()
export class RemoveCredentialTemplateInput {
  @Field(() => String)
  url: string
}
