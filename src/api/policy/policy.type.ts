import { Field, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql'
import type { AccessExplanation, DecidingLine } from '../../engine/access/explain-access.js'
import type { PolicyNote } from '../../engine/access/judge-policy.js'
import type { MatchMode } from '../../engine/access/match-mode.js'
import type { PolicyDocument } from '../../engine/access/policy-document.js'
import type { StoredPolicy } from '../../store/policy-store.js'
import { Inherits } from '../access-rule.js'
import { UserErrorType } from '../user-error.type.js'

const PolicyMatchModeEnum = { GLOB: 'glob', REGEX: 'regex' } as const
const PolicyEffectEnum = { ALLOW: 'allow', DENY: 'deny' } as const

registerEnumType(PolicyMatchModeEnum, { name: 'PolicyMatchMode' })
registerEnumType(PolicyEffectEnum, { name: 'PolicyEffect' })

/** `policy.<name>.csv`. */
@Inherits()
@ObjectType('PolicyOverlay')
export class PolicyOverlayType {
  @Field(() => String)
  name: string

  @Field(() => String)
  csv: string
}

/** The policy of the installation, as the keys of `argocd-rbac-cm`. */
@Inherits()
@ObjectType('Policy')
export class PolicyType {
  @Field(() => Int, { description: '0 before the first edit.' })
  generation: number

  @Field(() => String)
  csv: string

  @Field(() => [PolicyOverlayType])
  overlays: readonly PolicyOverlayType[]

  @Field(() => String, { description: 'policy.default; empty for none.' })
  defaultRole: string

  @Field(() => PolicyMatchModeEnum)
  matchMode: MatchMode

  @Field(() => [String])
  scopes: readonly string[]

  @Field(() => Boolean, {
    description: 'Compatibility with Argo CD: what the default role allows cannot be denied.',
  })
  defaultOverridesDeny: boolean
}

/** What is to say about one line of a policy. */
@Inherits()
@ObjectType('PolicyNote')
export class PolicyNoteType implements PolicyNote {
  @Field(() => String)
  source: string

  @Field(() => Int, { description: 'From 1; 0 when it is about no line.' })
  line: number

  @Field(() => String)
  message: string
}

@Inherits()
@ObjectType('PolicyVerdict')
export class PolicyVerdictType {
  @Field(() => [PolicyNoteType], { description: 'A policy with these is refused.' })
  problems: readonly PolicyNoteType[]

  @Field(() => [PolicyNoteType], { description: 'Lines that never match, and the like.' })
  warnings: readonly PolicyNoteType[]
}

@Inherits()
@ObjectType('PolicyPayload')
export class PolicyPayloadType {
  @Field(() => PolicyType, { nullable: true })
  policy?: PolicyType

  @Field(() => [PolicyNoteType], { nullable: true })
  warnings?: readonly PolicyNoteType[]

  @Field(() => [UserErrorType])
  userErrors: readonly UserErrorType[]
}

/** A line that matches a question, and the way from the subject to it. */
@Inherits()
@ObjectType('DecidingLine')
export class DecidingLineType implements DecidingLine {
  @Field(() => PolicyEffectEnum)
  effect: 'allow' | 'deny'

  @Field(() => String)
  source: string

  @Field(() => Int)
  line: number

  @Field(() => String)
  text: string

  @Field(() => [String], {
    description: 'Names, and between them the line that makes one a member of the next.',
  })
  via: readonly string[]
}

@Inherits()
@ObjectType('AccessExplanation')
export class AccessExplanationType implements AccessExplanation {
  @Field(() => Boolean)
  allowed: boolean

  @Field(() => String, { description: 'What decided, or what would be needed.' })
  reason: string

  @Field(() => [DecidingLineType])
  lines: readonly DecidingLineType[]
}

@InputType()
export class PolicyOverlayInput {
  @Field(() => String)
  name: string

  @Field(() => String)
  csv: string
}

/** What is left out stays. */
@InputType()
export class PolicyInput {
  @Field(() => String, { nullable: true })
  csv?: string | null

  @Field(() => [PolicyOverlayInput], { nullable: true })
  overlays?: readonly PolicyOverlayInput[] | null

  @Field(() => String, { nullable: true })
  defaultRole?: string | null

  @Field(() => PolicyMatchModeEnum, { nullable: true })
  matchMode?: MatchMode | null

  @Field(() => [String], { nullable: true })
  scopes?: readonly string[] | null

  @Field(() => Boolean, { nullable: true })
  defaultOverridesDeny?: boolean | null
}

@InputType()
export class UpdatePolicyInput extends PolicyInput {
  @Field(() => Int, {
    nullable: true,
    description: 'Of the policy that was edited; refused when it is no longer the newest.',
  })
  generation?: number | null
}

export function toPolicyView({ generation, document }: StoredPolicy): PolicyType {
  const overlays = Object.entries(document.overlays).map(([name, csv]) => ({ name, csv }))
  return { generation, ...document, overlays: overlays.sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

export function policyChangeOf(input: PolicyInput): Partial<PolicyDocument> {
  const { csv, overlays, defaultRole, matchMode, scopes, defaultOverridesDeny } = input
  return {
    ...(csv != null && { csv }),
    ...(overlays != null && { overlays: Object.fromEntries(overlays.map((one) => [one.name, one.csv])) }),
    ...(defaultRole != null && { defaultRole }),
    ...(matchMode != null && { matchMode }),
    ...(scopes != null && { scopes: [...scopes] }),
    ...(defaultOverridesDeny != null && { defaultOverridesDeny }),
  }
}
