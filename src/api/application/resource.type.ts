import { Field, Int, ObjectType } from '@nestjs/graphql'
import type { ResourceDiff } from '../../applications/live-reads.js'
import type { Health, HealthStatus } from '../../engine/health/health.js'
import type { JsonValue, Manifest } from '../../engine/manifest/manifest.js'
import type { Condition, ResourceStatus, SyncStatus } from '../../engine/status/application-status.js'
import { Inherits } from '../access-rule.js'
import { HealthStatusEnum, SyncStatusEnum } from '../enums.js'
import { DateTimeScalar, JsonScalar } from '../scalars.js'

/** Health of an application or of one object. */
@Inherits()
@ObjectType('Health')
export class HealthType implements Health {
  @Field(() => HealthStatusEnum)
  status: HealthStatus

  @Field(() => String, { nullable: true })
  message?: string
}

/** Something that people should know about an application. */
@Inherits()
@ObjectType('Condition')
export class ConditionType implements Condition {
  @Field(() => String)
  type: Condition['type']

  @Field(() => String)
  message: string

  @Field(() => DateTimeScalar)
  lastTransitionTime: string
}

/** One object of an application as last compared. */
@Inherits()
@ObjectType('ResourceStatus')
export class ResourceStatusType implements ResourceStatus {
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

  @Field(() => SyncStatusEnum)
  status: SyncStatus

  @Field(() => HealthType, { nullable: true })
  health?: HealthType

  @Field(() => Boolean, { nullable: true })
  requiresPruning?: boolean

  @Field(() => Int, { nullable: true })
  syncWave?: number
}

/** One field that differs; values of Secrets are absent. */
@Inherits()
@ObjectType('FieldDifference')
export class FieldDifferenceType {
  @Field(() => String)
  path: string

  @Field(() => JsonScalar, { nullable: true })
  declared?: JsonValue

  @Field(() => JsonScalar, { nullable: true })
  live?: JsonValue
}

/** One object that differs from what is declared. */
@Inherits()
@ObjectType('ResourceDiff')
export class ResourceDiffType implements ResourceDiff {
  @Field(() => String)
  group: string

  @Field(() => String)
  kind: string

  @Field(() => String)
  namespace: string

  @Field(() => String)
  name: string

  @Field(() => JsonScalar, { nullable: true })
  live?: Manifest

  @Field(() => JsonScalar, { nullable: true })
  target?: Manifest

  @Field(() => JsonScalar, { nullable: true, description: 'What an apply would make of it, by a dry run.' })
  predicted?: Manifest

  @Field(() => [FieldDifferenceType], { nullable: true })
  differences?: readonly FieldDifferenceType[]
}
