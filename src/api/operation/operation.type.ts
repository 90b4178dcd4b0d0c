import { Field, ID, Int, ObjectType } from '@nestjs/graphql'
import type {
  Operation,
  OperationKind,
  OperationPhase,
  Outcome,
  ResourceResult,
} from '../../engine/sync/operation.js'
import type { Deployment } from '../../store/records.js'
import { Inherits } from '../access-rule.js'
import { OperationKindEnum, OperationPhaseEnum, OutcomeEnum } from '../enums.js'
import { opaqueId } from '../opaque-id.js'
import { DateTimeScalar } from '../scalars.js'

/** What an operation made of one object. */
@Inherits()
@ObjectType('ResourceResult')
export class ResourceResultType implements ResourceResult {
  @Field(() => String)
  group: string

  @Field(() => String)
  version: string

  @Field(() => String)
  kind: string

  @Field(() => String)
  namespace: string

  @Field(() => String)
  name: string

  @Field(() => OutcomeEnum)
  outcome: Outcome

  @Field(() => String, { description: 'Synced, SyncFailed, Pruned or PruneSkipped.' })
  status: ResourceResult['status']

  @Field(() => String)
  message: string
}

/** One accepted request to change a cluster. */
@Inherits()
@ObjectType('Operation')
export class OperationType {
  @Field(() => ID)
  id: string

  @Field(() => OperationKindEnum)
  kind: OperationKind

  @Field(() => OperationPhaseEnum)
  phase: OperationPhase

  @Field(() => String)
  initiatedBy: string

  @Field(() => Boolean)
  automated: boolean

  @Field(() => Boolean)
  dryRun: boolean

  @Field(() => Boolean)
  prune: boolean

  @Field(() => [String])
  revisions: readonly string[]

  @Field(() => String)
  message: string

  @Field(() => Int)
  retryCount: number

  @Field(() => [ResourceResultType])
  results: readonly ResourceResultType[]

  @Field(() => DateTimeScalar)
  startedAt: string

  @Field(() => DateTimeScalar, { nullable: true })
  finishedAt?: string
}

/** The operation as it goes out. */
export function toOperationView(operation: Operation): OperationType {
  const { id, initiatedBy, request, finishedAt, ...rest } = operation
  return {
    ...rest,
    id: opaqueId('Operation', id),
    initiatedBy: initiatedBy.username,
    automated: initiatedBy.automated,
    dryRun: request.dryRun,
    prune: request.prune,
    ...(finishedAt !== undefined && { finishedAt }),
  }
}

/** One entry of the history: what was made live, when, by whom. */
@Inherits()
@ObjectType('Deployment')
export class DeploymentType implements Pick<Deployment, 'revisions' | 'initiatedBy' | 'deployedAt'> {
  @Field(() => ID)
  id: string

  @Field(() => [String])
  revisions: readonly string[]

  @Field(() => String)
  initiatedBy: string

  @Field(() => DateTimeScalar)
  deployedAt: string
}
