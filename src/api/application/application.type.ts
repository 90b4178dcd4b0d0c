import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql'
import type { Application, ApplicationSpec } from '../../engine/application/application.js'
import { sourcesOf } from '../../engine/application/application.js'
import type { SyncStatus } from '../../engine/status/application-status.js'
import type { EffectiveStatus } from '../../engine/status/freshness.js'
import type { ApplicationListRow } from '../../store/application-list.js'
import { Cost, Inherits } from '../access-rule.js'
import { ChangeKindEnum, PropagationEnum, SyncStatusEnum } from '../enums.js'
import { opaqueId } from '../opaque-id.js'
import { OperationType } from '../operation/operation.type.js'
import { DateTimeScalar, JsonScalar } from '../scalars.js'
import { UserErrorType } from '../user-error.type.js'
import { RefusalType } from '../viewer-can.js'
import { ConditionType, HealthType } from './resource.type.js'

/** Where an application goes. */
@Inherits()
@ObjectType('Destination')
export class DestinationType {
  @Field(() => String, { nullable: true })
  server?: string

  @Field(() => String, { nullable: true })
  name?: string

  @Field(() => String, { nullable: true })
  namespace?: string
}

/** The deletion that was asked for. */
@Inherits()
@ObjectType('Deletion')
export class DeletionType {
  @Field(() => Boolean)
  cascade: boolean

  @Field(() => PropagationEnum)
  propagation: 'foreground' | 'background' | 'orphan'

  @Field(() => DateTimeScalar)
  requestedAt: string
}

/** What the caller may do with this application. */
@Inherits()
@ObjectType('ApplicationPermissions')
export class ApplicationPermissionsType {
  @Field(() => Boolean)
  sync: boolean

  @Field(() => Boolean)
  update: boolean

  @Field(() => Boolean)
  delete: boolean

  @Field(() => Boolean)
  override: boolean

  @Field(() => Boolean)
  rollback: boolean

  @Field(() => Boolean)
  logs: boolean

  @Field(() => Boolean)
  exec: boolean

  @Field(() => [RefusalType])
  refusals: readonly RefusalType[]
}

/** An application: what should run, what runs, and what was made of it. */
@Inherits()
@ObjectType('Application')
export class ApplicationType {
  /** Not a field of the schema: what the field resolvers work on. */
  readonly row: ApplicationListRow

  @Field(() => ID)
  id: string

  @Field(() => String)
  namespace: string

  @Field(() => String)
  name: string

  @Field(() => String)
  project: string

  @Field(() => DestinationType)
  destination: DestinationType

  @Field(() => String, { description: 'URL of the first source.' })
  repoURL: string

  @Field(() => String, { description: 'Path (or chart) of the first source.' })
  path: string

  @Field(() => String, { description: 'Revision that the first source asks for.' })
  targetRevision: string

  @Field(() => JsonScalar)
  labels: Readonly<Record<string, string>>

  @Field(() => JsonScalar)
  annotations: Readonly<Record<string, string>>

  @Field(() => JsonScalar, { description: 'The spec of argoproj.io/v1alpha1 Application.' })
  spec: ApplicationSpec

  @Field(() => Int)
  generation: number

  @Field(() => DateTimeScalar)
  createdAt: string

  @Field(() => DeletionType, { nullable: true })
  deletion?: DeletionType

  @Field(() => SyncStatusEnum)
  sync: SyncStatus

  @Field(() => HealthType)
  health: HealthType

  @Field(() => String, {
    nullable: true,
    description:
      'Why sync (and health) are UNKNOWN although there was a comparison; absent while it is fresh.',
  })
  staleReason?: string

  @Field(() => [String], {
    description:
      'Commits that were compared, in source order; a newer one that changed nothing counts as compared.',
  })
  revisions: readonly string[]

  @Field(() => [ConditionType])
  conditions: readonly ConditionType[]

  @Field(() => Int, { nullable: true, description: 'Generation of the spec that was compared.' })
  observedGeneration?: number

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was compared; absent = never.' })
  observedAt?: string

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Until when cluster and repository were both seen to be so; absent = never.',
  })
  confirmedAt?: string

  /** Loaded for all rows together: `row-fields.ts`. */
  @Cost(2)
  @Field(() => OperationType, {
    nullable: true,
    description: 'The active operation, else the last one.',
  })
  operation?: OperationType
}

const views = new WeakMap<ApplicationListRow, ApplicationType>()

/**
 * The application as it goes out; before the first comparison everything is Unknown. A row that several callers read
 * together is translated once: nothing in it depends on who asks.
 */
export function toApplicationView(row: ApplicationListRow): ApplicationType {
  const known = views.get(row)
  if (known !== undefined) return known
  const view = viewOf(row)
  views.set(row, view)
  return view
}

function viewOf(row: ApplicationListRow): ApplicationType {
  const { application, status } = row
  return {
    row,
    id: opaqueId('Application', application.id),
    ...declared(application),
    ...firstSource(application.spec),
    ...(status === undefined ? NEVER_COMPARED : observed(status)),
  }
}

const NEVER_COMPARED = {
  sync: 'Unknown',
  health: { status: 'Unknown', message: 'not compared yet' },
  revisions: [],
  conditions: [],
} as const

function observed(status: EffectiveStatus) {
  const { sync, health, revisions, conditions, observedGeneration, observedAt } = status
  const { staleReason, confirmedAt } = status
  return {
    sync,
    health,
    revisions,
    conditions,
    observedGeneration,
    observedAt,
    ...(staleReason !== undefined && { staleReason }),
    ...(confirmedAt !== undefined && { confirmedAt }),
  }
}

function firstSource(spec: ApplicationSpec) {
  const [source] = sourcesOf(spec)
  if (source === undefined) return { repoURL: '', path: '', targetRevision: '' }
  const { repoURL, path, chart, targetRevision } = source
  return { repoURL, path: path ?? chart ?? '', targetRevision: targetRevision ?? 'HEAD' }
}

function declared(application: Application) {
  const { namespace, name, spec, labels, annotations, generation, createdAt, deletion } = application
  return {
    namespace,
    name,
    project: spec.project,
    destination: spec.destination,
    labels,
    annotations,
    spec,
    generation,
    createdAt,
    ...(deletion && { deletion }),
  }
}

@Inherits()
@ObjectType('ApplicationPayload')
export class ApplicationPayloadType {
  @Field(() => ApplicationType, { nullable: true })
  application?: ApplicationType

  @Field(() => OperationType, { nullable: true })
  operation?: OperationType

  @Field(() => [UserErrorType])
  userErrors: readonly UserErrorType[]
}

/** One event of a subscription: the application as it is now, or that the reader has none of it any more. */
@Inherits()
@ObjectType('ApplicationChange')
export class ApplicationChangeType {
  @Field(() => ChangeKindEnum, {
    description:
      'DELETED: gone, no longer visible, or no longer in the filter. START_ANEW: what was missed is not known, read the list anew.',
  })
  kind: 'changed' | 'deleted' | 'startAnew'

  @Field(() => ID, { description: 'Of the application; empty for START_ANEW.' })
  id: string

  @Field(() => ApplicationType, { nullable: true })
  application?: ApplicationType

  @Field(() => Float, {
    nullable: true,
    description: 'Everything up to here was told: give it as "since" after the connection broke.',
  })
  sequence?: number
}
