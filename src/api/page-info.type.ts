import { Field, ObjectType } from '@nestjs/graphql'
import { Inherits } from './access-rule.js'

/** Relay's page marker. */
@Inherits()
@ObjectType('PageInfo')
export class PageInfoType {
  @Field(() => Boolean)
  hasNextPage: boolean

  @Field(() => String, { nullable: true })
  endCursor?: string
}
