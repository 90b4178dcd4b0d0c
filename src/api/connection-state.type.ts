import { Field, ObjectType } from '@nestjs/graphql'
import { connectionAdvice } from '../engine/connection/connection-advice.js'
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

  @Field(() => String, {
    nullable: true,
    description:
      'Where it failed: ADDRESS, DNS, TCP, TLS, AUTHENTICATION, AUTHORIZATION, NOT_FOUND, PROTOCOL, SERVER or IDENTITY.',
  })
  stage?: NonNullable<ConnectionState['stage']>

  @Field(() => String, { nullable: true, description: 'What to do about it.' })
  advice?: string

  @Field(() => DateTimeScalar, { nullable: true })
  checkedAt?: string
}

export function toConnectionView(
  kind: 'repository' | 'cluster',
  connection: ConnectionState,
): ConnectionStateType {
  const { stage } = connection
  return { ...connection, ...(stage && { advice: connectionAdvice(kind, stage) }) }
}
