import { ArgsType, Field, Float, ID, InputType, Int } from '@nestjs/graphql'
import { PatchTypeEnum, PropagationEnum } from '../enums.js'
import { JsonScalar } from '../scalars.js'

@InputType()
export class ApplicationNameInput {
  @Field(() => String)
  name: string

  @Field(() => String, { nullable: true, description: 'Namespace of the declaration, default argocd.' })
  namespace?: string | null
}

@InputType()
export class CreateApplicationInput extends ApplicationNameInput {
  @Field(() => JsonScalar)
  spec: unknown

  @Field(() => JsonScalar, { nullable: true })
  labels?: unknown

  @Field(() => JsonScalar, { nullable: true })
  annotations?: unknown

  @Field(() => Boolean, { nullable: true })
  upsert?: boolean | null

  @Field(() => String, { nullable: true, description: 'The same key answers the same application.' })
  idempotencyKey?: string | null
}

@InputType()
export class UpdateApplicationInput extends ApplicationNameInput {
  @Field(() => JsonScalar, { nullable: true })
  spec?: unknown

  @Field(() => JsonScalar, { nullable: true })
  labels?: unknown

  @Field(() => JsonScalar, { nullable: true })
  annotations?: unknown

  @Field(() => Int, { nullable: true, description: 'The generation that you saw; refused when it changed.' })
  generation?: number | null
}

@InputType()
export class DeleteApplicationInput extends ApplicationNameInput {
  @Field(() => Boolean, { nullable: true, description: 'Delete its objects too; default true.' })
  cascade?: boolean | null

  @Field(() => PropagationEnum, { nullable: true })
  propagation?: 'foreground' | 'background' | 'orphan' | null

  @Field(() => String, { nullable: true, description: 'The same key answers the same operation.' })
  idempotencyKey?: string | null
}

@InputType()
export class ResourceKeyInput {
  @Field(() => String)
  group: string

  @Field(() => String)
  kind: string

  @Field(() => String, { nullable: true })
  namespace?: string | null

  @Field(() => String)
  name: string
}

/** Which operation is followed. */
@InputType()
export class OperationProgressInput extends ApplicationNameInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Of this application; default: what runs, else the newest.',
  })
  id?: string | null
}

/** What a sync shall do. */
@InputType()
export class SyncWishInput {
  @Field(() => Boolean, { nullable: true })
  prune?: boolean | null

  @Field(() => Boolean, { nullable: true })
  dryRun?: boolean | null

  @Field(() => Boolean, { nullable: true })
  force?: boolean | null

  @Field(() => Boolean, { nullable: true, description: 'You saw what goes and agree.' })
  confirmPrune?: boolean | null

  @Field(() => [ResourceKeyInput], { nullable: true, description: 'Only these objects.' })
  resources?: readonly ResourceKeyInput[] | null

  @Field(() => [String], { nullable: true })
  syncOptions?: readonly string[] | null
}

/** Which sync is told in advance. */
@ArgsType()
export class SyncPreviewArgs {
  @Field(() => SyncWishInput, { nullable: true })
  wish?: SyncWishInput | null

  @Field(() => Int, { nullable: true, description: 'Back to the deployment of this number.' })
  deployment?: number | null
}

@InputType()
export class SyncApplicationInput extends SyncWishInput {
  @Field(() => String)
  name: string

  @Field(() => String, { nullable: true, description: 'Namespace of the declaration, default argocd.' })
  namespace?: string | null

  @Field(() => String, { nullable: true, description: 'The same key answers the same operation.' })
  idempotencyKey?: string | null
}

@InputType()
export class PatchApplicationInput extends ApplicationNameInput {
  @Field(() => PatchTypeEnum)
  type: 'json' | 'merge'

  @Field(() => JsonScalar, { description: 'Of {metadata, spec}: a list of steps, or what to merge.' })
  patch: unknown

  @Field(() => Int, { nullable: true, description: 'The generation that you saw; refused when it changed.' })
  generation?: number | null
}

@InputType()
export class RollbackApplicationInput extends ApplicationNameInput {
  @Field(() => Int, {
    nullable: true,
    description: 'Number of the deployment; default: the one before the newest.',
  })
  number?: number | null

  @Field(() => Boolean, { nullable: true })
  prune?: boolean | null

  @Field(() => Boolean, { nullable: true })
  dryRun?: boolean | null

  @Field(() => Boolean, { nullable: true, description: 'You saw what goes and agree.' })
  confirmPrune?: boolean | null

  @Field(() => String, { nullable: true, description: 'The same key answers the same operation.' })
  idempotencyKey?: string | null
}

/** Whose deletions are agreed to. */
@InputType()
export class ConfirmDeletionInput extends ApplicationNameInput {}

/** Stops the sync that runs on this application. */
@InputType()
export class TerminateOperationInput extends ApplicationNameInput {}

@InputType()
export class RefreshApplicationInput extends ApplicationNameInput {
  @Field(() => Boolean, { nullable: true })
  hard?: boolean | null
}

@InputType()
export class ApplicationChangesInput {
  @Field(() => [String], { nullable: true, description: 'Only applications of these names.' })
  names?: readonly string[] | null

  @Field(() => String, { nullable: true })
  project?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'Kubernetes label selector, as in lists: a=b, a!=b, a in (b, c), a notin (b), a, !a.',
  })
  selector?: string | null
}

@ArgsType()
export class ApplicationChangesArgs {
  @Field(() => ApplicationChangesInput, { nullable: true })
  filter?: ApplicationChangesInput | null

  @Field(() => Float, {
    nullable: true,
    description: 'The last "sequence" that was told: what came after it is told first, or START_ANEW.',
  })
  since?: number | null
}
