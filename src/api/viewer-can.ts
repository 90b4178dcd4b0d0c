import { Field, ObjectType } from '@nestjs/graphql'
import { decide } from '../engine/access/decide.js'
import type { AccessAction, AccessResource, Principal } from '../engine/access/principal.js'
import { Inherits } from './access-rule.js'

/** What the viewer may not, and what he would need: pages grey a button out with this. */
@Inherits()
@ObjectType('Refusal')
export class RefusalType {
  @Field(() => String, { description: 'The name of the field beside it, e.g. "sync".' })
  action: string

  @Field(() => String)
  reason: string
}

/** What the viewer may do with an object that he sees. */
@Inherits()
@ObjectType('ViewerCan')
export class ViewerCanType {
  @Field(() => Boolean)
  update: boolean

  @Field(() => Boolean)
  delete: boolean

  @Field(() => [RefusalType])
  refusals: readonly RefusalType[]
}

/** What must be allowed: an action on a resource, about one object as policies write it. */
export interface Demand {
  readonly resource: AccessResource
  readonly action: AccessAction
  readonly object: string
}

/**
 * The way of `viewerCan`: one boolean for each demand, under its name, and the reasons of those that are refused. The
 * features decide again when the action is asked for.
 */
export function viewerVerdict<K extends string>(
  viewer: Principal,
  demands: Readonly<Record<K, Demand>>,
): Readonly<Record<K, boolean>> & { readonly refusals: readonly RefusalType[] } {
  const refusals: RefusalType[] = []
  const verdict = {} as Record<K, boolean>
  for (const action of Object.keys(demands) as K[]) {
    const demand = demands[action]
    const reason = decide(viewer, demand.resource, demand.action, demand.object)
    verdict[action] = reason === undefined
    if (reason !== undefined) refusals.push({ action, reason })
  }
  return { ...verdict, refusals }
}

/** `viewerCan` of objects that can be changed and removed, and nothing else. */
export function viewerCan(viewer: Principal, resource: AccessResource, object: string): ViewerCanType {
  return viewerVerdict(viewer, {
    update: { resource, action: 'update', object },
    delete: { resource, action: 'delete', object },
  })
}
