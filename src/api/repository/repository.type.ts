import { Field, ID, InputType, ObjectType } from '@nestjs/graphql'
import type { RepositoryRecord } from '../../store/records.js'
import { Inherits } from '../access-rule.js'
import { ConnectionStateType, toConnectionView } from '../connection-state.type.js'
import { opaqueId } from '../opaque-id.js'
import { DateTimeScalar } from '../scalars.js'
import { PageInfoType } from '../page-info.type.js'
import { UserErrorType } from '../user-error.type.js'

/** A connected repository. Its credential cannot be read by anybody. */
@Inherits()
@ObjectType('Repository')
export class RepositoryType implements Omit<RepositoryRecord, 'normalizedUrl'> {
  @Field(() => ID)
  id: string

  @Field(() => String)
  url: string

  @Field(() => String, { nullable: true })
  name?: string

  @Field(() => String, { nullable: true })
  project?: string

  @Field(() => String, { nullable: true })
  username?: string

  @Field(() => Boolean)
  hasPassword: boolean

  @Field(() => Boolean)
  insecureTls: boolean

  @Field(() => DateTimeScalar)
  createdAt: string

  @Field(() => ConnectionStateType)
  connection: ConnectionStateType
}

export function toRepositoryView(record: RepositoryRecord): RepositoryType {
  const connection = toConnectionView('repository', record.connection)
  return { ...record, connection, id: opaqueId('Repository', record.id) }
}

@Inherits()
@ObjectType('RepositoryEdge')
export class RepositoryEdgeType {
  @Field(() => String)
  cursor: string

  @Field(() => RepositoryType)
  node: RepositoryType
}

@Inherits()
@ObjectType('RepositoryConnection')
export class RepositoryConnectionType {
  @Field(() => [RepositoryEdgeType])
  edges: readonly RepositoryEdgeType[]

  @Field(() => [RepositoryType])
  nodes: readonly RepositoryType[]

  @Field(() => PageInfoType)
  pageInfo: PageInfoType
}

@Inherits()
@ObjectType('RepositoryPayload')
export class RepositoryPayloadType {
  @Field(() => RepositoryType, { nullable: true })
  repository?: RepositoryType

  @Field(() => [UserErrorType])
  userErrors: readonly UserErrorType[]
}

@InputType()
export class AddRepositoryInput {
  @Field(() => String)
  url: string

  @Field(() => String, { nullable: true })
  name?: string | null

  @Field(() => String, { nullable: true })
  project?: string | null

  @Field(() => String, { nullable: true })
  username?: string | null

  @Field(() => String, { nullable: true })
  password?: string | null

  @Field(() => Boolean, { nullable: true })
  insecureTls?: boolean | null

  @Field(() => Boolean, { nullable: true, description: 'Save it even when it does not answer now.' })
  skipCheck?: boolean | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'One that is connected becomes what is said here, its credential too.',
  })
  upsert?: boolean | null
}

@InputType()
export class RemoveRepositoryInput {
  @Field(() => String)
  url: string
}
