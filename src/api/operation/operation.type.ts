import { Field, ID, Int, ObjectType } from '@nestjs/graphql'
import type {
  Operation,
  OperationKind,
  OperationPhase,
  Outcome,
  ResourceResult,
} from '../../engine/sync/operation.js'
import type { ApplyMode } from '../../engine/sync/apply-mode.js'
import type {
  BlockKind,
  PreviewedObject,
  SyncBlock,
  SyncPreview,
  TouchedKind,
} from '../../engine/sync/sync-preview.js'
import type { StepKind } from '../../engine/sync/step-log.js'
import type { TimelineEntry } from '../../engine/sync/timeline.js'
import type { ApplicationSource } from '../../engine/application/application.js'
import { Inherits } from '../access-rule.js'
import {
  ApplyModeEnum,
  OperationKindEnum,
  OperationPhaseEnum,
  OutcomeEnum,
  StepKindEnum,
  SyncBlockKindEnum,
} from '../enums.js'
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

/** What a sync would make of one object. */
@Inherits()
@ObjectType('PreviewedObject')
export class PreviewedObjectType implements PreviewedObject {
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

  @Field(() => OutcomeEnum, { description: 'CONFIGURED at most: the server may find that nothing changes.' })
  outcome: PreviewedObject['outcome']

  @Field(() => ApplyModeEnum, { nullable: true })
  mode?: ApplyMode

  @Field(() => String, { nullable: true, description: 'Why it is left out, or what to mind.' })
  reason?: string
}

/** One thing that keeps a sync from going on. */
@Inherits()
@ObjectType('SyncBlock')
export class SyncBlockType implements SyncBlock {
  @Field(() => SyncBlockKindEnum)
  kind: BlockKind

  @Field(() => String)
  reason: string
}

/** How many objects of one kind in one namespace a sync touches. */
@Inherits()
@ObjectType('TouchedKind')
export class TouchedKindType implements TouchedKind {
  @Field(() => String)
  group: string

  @Field(() => String)
  kind: string

  @Field(() => String)
  namespace: string

  @Field(() => Int)
  created: number

  @Field(() => Int)
  configured: number

  @Field(() => Int, { description: 'Deleted and created again; counted here only.' })
  recreated: number

  @Field(() => Int)
  pruned: number
}

/** What a sync would do, before it does it. */
@Inherits()
@ObjectType('SyncPreview')
export class SyncPreviewType implements SyncPreview {
  @Field(() => [String])
  revisions: readonly string[]

  @Field(() => [PreviewedObjectType], { description: 'In the order in which the sync takes them.' })
  objects: readonly PreviewedObjectType[]

  @Field(() => [SyncBlockType], { description: 'Empty = nothing keeps it from going on.' })
  blocks: readonly SyncBlockType[]

  @Field(() => [TouchedKindType])
  touched: readonly TouchedKindType[]

  @Field(() => [String], { description: 'Deletions that take along more than the object.' })
  dangers: readonly string[]

  @Field(() => [String])
  warnings: readonly string[]
}
