import { Field, ObjectType } from '@nestjs/graphql'
import type { ConnectionState } from '../store/records.js'
import { Inherits } from './access-rule.js'
import { DateTimeScalar } from './scalars.js'

/** How the last connection to a repository or cluster went. */
@Inherits()
@ObjectType('ConnectionState')
export class ConnectionStateType implements ConnectionState {
  @Field(() => String, { description: 'Successful, Failed or Unknown.' })
  status: ConnectionState['status']

  @Field(() => String)
  message: string

  @Field(() => DateTimeScalar, { nullable: true })
  checkedAt?: string
}
