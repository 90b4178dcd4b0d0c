import { Field, ID, Int, ObjectType } from '@nestjs/graphql'
import type {
  Operation,
  OperationKind,
  OperationPhase,
  Outcome,
  ResourceResult,
} from '../../engine/sync/operation.js'
import type { StepKind } from '../../engine/sync/step-log.js'
import type { TimelineEntry } from '../../engine/sync/timeline.js'
import type { ApplicationSource } from '../../engine/application/application.js'
import { Inherits } from '../access-rule.js'
import { OperationKindEnum, OperationPhaseEnum, OutcomeEnum, StepKindEnum } from '../enums.js'
import { opaqueId } from '../opaque-id.js'
import { DateTimeScalar, JsonScalar } from '../scalars.js'

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

/** One step of what an operation did. */
@Inherits()
@ObjectType('OperationStep')
export class OperationStepType implements TimelineEntry {
  @Field(() => Int)
  sequence: number

  @Field(() => StepKindEnum)
  kind: StepKind

  @Field(() => DateTimeScalar)
  at: string

  @Field(() => String)
  message: string

  @Field(() => [ResourceResultType])
  results: readonly ResourceResultType[]
}

/** One entry of the history: what was made live, when, by whom. */
@Inherits()
@ObjectType('Deployment')
export class DeploymentType {
  @Field(() => ID)
  id: string

  @Field(() => Int, { description: 'What rollbacks name it by; counted per application from 0.' })
  number: number

  @Field(() => [String])
  revisions: readonly string[]

  @Field(() => String)
  initiatedBy: string

  @Field(() => Boolean)
  automated: boolean

  @Field(() => JsonScalar, { description: 'The sources as they were declared then.' })
  sources: readonly ApplicationSource[]

  @Field(() => DateTimeScalar, { nullable: true })
  startedAt?: string

  @Field(() => DateTimeScalar)
  deployedAt: string
}
