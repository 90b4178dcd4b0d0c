import { Field, ID, InputType, ObjectType } from '@nestjs/graphql'
import type { ClusterRecord } from '../../store/records.js'
import { Inherits } from '../access-rule.js'
import { ConnectionStateType, toConnectionView } from '../connection-state.type.js'
import { opaqueId } from '../opaque-id.js'
import { DateTimeScalar, JsonScalar } from '../scalars.js'
import { PageInfoType } from '../page-info.type.js'
import { UserErrorType } from '../user-error.type.js'

/** A connected cluster. Its credential cannot be read by anybody. */
@Inherits()
@ObjectType('Cluster')
export class ClusterType implements Omit<ClusterRecord, 'uid'> {
  @Field(() => JsonScalar)
  labels: Readonly<Record<string, string>>

  @Field(() => JsonScalar)
  annotations: Readonly<Record<string, string>>

  @Field(() => Boolean, { description: 'An operator paused all writes to this very cluster.' })
  writesPaused: boolean

  @Field(() => ID)
  id: string

  @Field(() => String)
  name: string

  @Field(() => String)
  server: string

  @Field(() => String, { nullable: true })
  project?: string

  @Field(() => String, { nullable: true, description: 'Version of its API server.' })
  version?: string

  @Field(() => ConnectionStateType)
  connection: ConnectionStateType

  @Field(() => DateTimeScalar)
  createdAt: string
}

export function toClusterView(record: ClusterRecord): ClusterType {
  const writesPaused = record.writesPaused === true
  const { labels = {}, annotations = {} } = record
  const connection = toConnectionView('cluster', record.connection)
  return { ...record, labels, annotations, writesPaused, connection, id: opaqueId('Cluster', record.id) }
}

@Inherits()
@ObjectType('ClusterEdge')
export class ClusterEdgeType {
  @Field(() => String)
  cursor: string

  @Field(() => ClusterType)
  node: ClusterType
}

@Inherits()
@ObjectType('ClusterConnection')
export class ClusterConnectionType {
  @Field(() => [ClusterEdgeType])
  edges: readonly ClusterEdgeType[]

  @Field(() => [ClusterType])
  nodes: readonly ClusterType[]

  @Field(() => PageInfoType)
  pageInfo: PageInfoType
}

@Inherits()
@ObjectType('ClusterPayload')
export class ClusterPayloadType {
  @Field(() => ClusterType, { nullable: true })
  cluster?: ClusterType

  @Field(() => [UserErrorType])
  userErrors: readonly UserErrorType[]
}

@InputType()
export class AddClusterInput {
  @Field(() => String, { description: 'Text of a kubeconfig, all secrets inline. Stored sealed.' })
  kubeconfig: string

  @Field(() => String, { nullable: true })
  context?: string | null

  @Field(() => String, { nullable: true })
  name?: string | null

  @Field(() => String, { nullable: true })
  project?: string | null

  @Field(() => [String], { nullable: true, description: 'Only these namespaces.' })
  namespaces?: readonly string[] | null

  @Field(() => Boolean, { nullable: true, description: 'Give a cluster that is connected this credential.' })
  upsert?: boolean | null
}

@InputType()
export class RemoveClusterInput {
  @Field(() => String, { description: 'Name or server URL.' })
  cluster: string

  @Field(() => Boolean, { nullable: true, description: 'Although applications are deployed to it.' })
  force?: boolean | null
}

@InputType()
export class ChangeClusterInput {
  @Field(() => String, { description: 'Name or server URL.' })
  cluster: string

  @Field(() => String, { nullable: true, description: 'The project it belongs to; empty = every project.' })
  project?: string | null

  @Field(() => JsonScalar, { nullable: true, description: 'Instead of all that it has.' })
  labels?: unknown

  @Field(() => JsonScalar, { nullable: true, description: 'Instead of all that it has.' })
  annotations?: unknown
}

@InputType()
export class RotateClusterCredentialInput {
  @Field(() => String, { description: 'Name or server URL.' })
  cluster: string
}

@Inherits()
@ObjectType('RotateClusterCredentialPayload')
export class RotateClusterCredentialPayloadType {
  @Field(() => ClusterType, { nullable: true })
  cluster?: ClusterType

  @Field(() => String, { nullable: true, description: 'namespace/name of the ServiceAccount.' })
  account?: string

  @Field(() => String, { nullable: true, description: 'What became of the former token.' })
  former?: string

  @Field(() => [UserErrorType])
  userErrors: readonly UserErrorType[]
}

@InputType()
export class PauseWritesInput {
  @Field(() => String, { nullable: true, description: 'Name or server URL; all clusters when absent.' })
  cluster?: string | null

  @Field(() => Boolean, { description: 'False permits writes again.' })
  paused: boolean
}

@Inherits()
@ObjectType('PauseWritesPayload')
export class PauseWritesPayloadType {
  @Field(() => [ClusterType], { nullable: true })
  clusters?: readonly ClusterType[]

  @Field(() => [UserErrorType])
  userErrors: readonly UserErrorType[]
}
