import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql'
import type { JsonObject } from '../../engine/manifest/manifest.js'
import type { ChainFault, ChainFinding } from '../../engine/audit/judge-links.js'
import type { AuditEvent, AuditOutcome } from '../../store/records.js'
import { Inherits } from '../access-rule.js'
import { opaqueId } from '../opaque-id.js'
import { PageInfoType } from '../page-info.type.js'
import { DateTimeScalar, JsonScalar } from '../scalars.js'

export const AuditOutcomeEnum = { ACCEPTED: 'ACCEPTED', DENIED: 'DENIED', FAILED: 'FAILED' } as const

export const AuditFaultEnum = {
  CHANGED: 'changed',
  REMOVED: 'removed',
  INSERTED: 'inserted',
  CUT: 'cut',
  FORGED: 'forged',
} as const

registerEnumType(AuditOutcomeEnum, { name: 'AuditOutcome' })
registerEnumType(AuditFaultEnum, { name: 'AuditFault' })

@Inherits()
@ObjectType('AuditEvent')
export class AuditEventType {
  @Field(() => ID)
  id: string

  @Field(() => DateTimeScalar)
  at: string

  @Field(() => String)
  actor: string

  @Field(() => String, { description: 'verb-noun, e.g. `sync-application`.' })
  action: string

  @Field(() => String, { description: 'Kind and name, e.g. `application/argocd/shop`.' })
  object: string

  @Field(() => String, { nullable: true, description: 'Stable, while names come again.' })
  objectId?: string

  @Field(() => String, { nullable: true })
  project?: string

  @Field(() => AuditOutcomeEnum)
  outcome: AuditOutcome

  @Field(() => ID, { nullable: true, description: 'Of the operation that it belongs to.' })
  operationId?: string

  @Field(() => String, { nullable: true, description: 'Network address; needs `audit, get`.' })
  source?: string

  @Field(() => String, { nullable: true, description: 'Session or token; needs `audit, get`.' })
  credential?: string

  @Field(() => JsonScalar, { nullable: true })
  details?: JsonObject
}

@Inherits()
@ObjectType('AuditEventEdge')
export class AuditEventEdgeType {
  @Field(() => String)
  cursor: string

  @Field(() => AuditEventType)
  node: AuditEventType
}

@Inherits()
@ObjectType('AuditEventConnection')
export class AuditEventConnectionType {
  @Field(() => [AuditEventEdgeType])
  edges: readonly AuditEventEdgeType[]

  @Field(() => [AuditEventType])
  nodes: readonly AuditEventType[]

  @Field(() => PageInfoType)
  pageInfo: PageInfoType
}

@InputType()
export class AuditFilterInput {
  @Field(() => String, { nullable: true })
  actor?: string | null

  @Field(() => String, { nullable: true })
  action?: string | null

  @Field(() => String, { nullable: true })
  object?: string | null

  @Field(() => String, { nullable: true })
  project?: string | null

  @Field(() => AuditOutcomeEnum, { nullable: true })
  outcome?: AuditOutcome | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'Inclusive.' })
  from?: string | null

  @Field(() => DateTimeScalar, { nullable: true, description: 'Exclusive.' })
  to?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'Words of actor, action, object, project, reason or written objects; `web*` begins one.',
  })
  text?: string | null
}

@ArgsType()
export class AuditEventsArgs {
  @Field(() => Int, { defaultValue: 50 })
  first: number

  @Field(() => String, { nullable: true })
  after?: string | null

  @Field(() => AuditFilterInput, { nullable: true })
  filter?: AuditFilterInput | null
}

@InputType()
export class AuditAnchorInput {
  @Field(() => Int)
  position: number

  @Field(() => String)
  hash: string
}

@Inherits()
@ObjectType('AuditAnchor')
export class AuditAnchorType {
  @Field(() => Int)
  position: number

  @Field(() => String)
  hash: string
}

@Inherits()
@ObjectType('AuditFinding')
export class AuditFindingType implements ChainFinding {
  @Field(() => AuditFaultEnum)
  fault: ChainFault

  @Field(() => Int, { nullable: true })
  position?: number

  @Field(() => String, { nullable: true })
  eventId?: string

  @Field(() => String)
  message: string
}

@Inherits()
@ObjectType('AuditVerification')
export class AuditVerificationType {
  @Field(() => Int, { description: 'Events that this call looked at.' })
  checked: number

  @Field(() => [AuditFindingType], { description: 'Empty when all is as it was written.' })
  findings: readonly AuditFindingType[]

  @Field(() => Int, { nullable: true, description: 'Not at the end yet: go on with this as `after`.' })
  next?: number

  @Field(() => AuditAnchorType, { nullable: true, description: 'The newest link: keep it elsewhere.' })
  end?: AuditAnchorType

  @Field(() => Int, { description: 'Events up to this position were let go of because they were old.' })
  base: number
}

export function toAuditEventView({ operation, ...event }: AuditEvent): AuditEventType {
  return { ...event, ...(operation !== undefined && { operationId: opaqueId('Operation', operation) }) }
}
