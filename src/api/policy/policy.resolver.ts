import { Args, ArgsType, Field, Mutation, Query, Resolver } from '@nestjs/graphql'
import { ChangePolicy } from '../../access/change-policy.js'
import { ExplainPolicy } from '../../access/explain-policy.js'
import { decide } from '../../engine/access/decide.js'
import type { Principal } from '../../engine/access/principal.js'
import { Allow, SignedIn } from '../access-rule.js'
import { Caller } from '../request-context.js'
import { payload } from '../user-error.type.js'
import {
  AccessExplanationType,
  policyChangeOf,
  PolicyInput,
  PolicyPayloadType,
  PolicyType,
  PolicyVerdictType,
  toPolicyView,
  UpdatePolicyInput,
} from './policy.type.js'

@ArgsType()
export class CanIArgs {
  @Field(() => String)
  action: string

  @Field(() => String)
  resource: string

  @Field(() => String)
  object: string
}

@ArgsType()
export class PolicyWhyArgs extends CanIArgs {
  @Field(() => String, { nullable: true, description: 'Default: the caller.' })
  subject?: string | null

  @Field(() => [String], { nullable: true, description: 'Groups of the subject.' })
  groups?: readonly string[] | null
}

/** The policy of the installation: what it says, what it means, and edits. */
@Resolver(() => PolicyType)
export class PolicyResolver {
  private readonly change: ChangePolicy
  private readonly explain: ExplainPolicy

  constructor(change: ChangePolicy, explain: ExplainPolicy) {
    this.change = change
    this.explain = explain
  }

  @SignedIn()
  @Query(() => Boolean, { description: 'May the caller do this?' })
  canI(@Caller() caller: Principal, @Args() { action, resource, object }: CanIArgs): boolean {
    return decide(caller, resource, action, object) === undefined
  }

  @SignedIn()
  @Query(() => AccessExplanationType, {
    description: 'Why somebody may or may not. About others it needs the right to read the policy.',
  })
  policyWhy(@Caller() caller: Principal, @Args() args: PolicyWhyArgs) {
    const { action, resource, object, subject, groups } = args
    const question = { action, resource, object }
    return this.explain.run(caller, {
      ...question,
      ...(subject != null && { subject }),
      ...(groups != null && { groups }),
    })
  }

  @Allow('settings:get')
  @Query(() => PolicyType)
  async policy(@Caller() caller: Principal): Promise<PolicyType> {
    return toPolicyView(await this.change.read(caller))
  }

  @Allow('settings:get')
  @Query(() => PolicyVerdictType, { description: 'Judges a policy without saving it.' })
  validatePolicy(@Caller() caller: Principal, @Args('input') input: PolicyInput) {
    return this.change.judge(caller, policyChangeOf(input))
  }

  @Allow('settings:update')
  @Mutation(() => PolicyPayloadType)
  updatePolicy(@Caller() caller: Principal, @Args('input') input: UpdatePolicyInput) {
    return payload(async () => {
      const wish = {
        change: policyChangeOf(input),
        ...(input.generation != null && { generation: input.generation }),
      }
      const { warnings, ...saved } = await this.change.run(caller, wish)
      return { policy: toPolicyView(saved), warnings }
    })
  }
}
