import { Field, Int, ObjectType } from '@nestjs/graphql'
import type { ResourceTree, TreeChange } from '../../applications/live-reads.js'
import type { LogLine } from '../../engine/logs/log-line.js'
import type { ResourceKey } from '../../engine/manifest/resource-key.js'
import type { ObjectEvent } from '../../engine/tree/object-event.js'
import type { NodeFact, TreeNode } from '../../engine/tree/tree-node.js'
import { Inherits } from '../access-rule.js'
import { HealthType } from '../application/resource.type.js'
import { UserErrorType } from '../user-error.type.js'

/** Names one object of a cluster. */
@Inherits()
@ObjectType('ResourceRef')
export class ResourceRefType implements ResourceKey {
  @Field(() => String)
  group: string

  @Field(() => String)
  kind: string

  @Field(() => String)
  namespace: string

  @Field(() => String)
  name: string
}

/** One fact in a few words, e.g. Ready 1/1. */
@Inherits()
@ObjectType('NodeFact')
export class NodeFactType implements NodeFact {
  @Field(() => String)
  name: string

  @Field(() => String)
  value: string
}

/** One object of the tree of an application. */
@Inherits()
@ObjectType('ResourceNode')
export class ResourceNodeType extends ResourceRefType implements TreeNode {
  @Field(() => String)
  version: string

  @Field(() => String, { description: 'Empty when the object does not exist.' })
  uid: string

  @Field(() => [String], { description: 'uids of its parents in this tree; empty for what is declared.' })
  parents: readonly string[]

  @Field(() => HealthType, { nullable: true })
  health?: HealthType

  @Field(() => [NodeFactType])
  facts: readonly NodeFactType[]

  @Field(() => [String])
  images: readonly string[]

  @Field(() => [String])
  containers: readonly string[]

  @Field(() => String, { nullable: true, description: 'Node that a Pod runs on.' })
  host?: string

  @Field(() => String, { nullable: true })
  createdAt?: string
}

/** A node of the cluster with Pods of the application. */
@Inherits()
@ObjectType('ResourceHost')
export class ResourceHostType {
  @Field(() => String)
  name: string

  @Field(() => Int)
  pods: number
}

/** Managed objects and what came of them. */
@Inherits()
@ObjectType('ResourceTree')
export class ResourceTreeType implements ResourceTree {
  @Field(() => [ResourceNodeType], { description: 'Parents before their children.' })
  nodes: readonly ResourceNodeType[]

  @Field(() => [ResourceHostType])
  hosts: readonly ResourceHostType[]

  @Field(() => [String], { description: 'What could not be looked at, and why.' })
  blind: readonly string[]
}

export function toTreeView({ nodes, blind }: ResourceTree): ResourceTreeType {
  const pods = new Map<string, number>()
  for (const { host } of nodes) if (host !== undefined) pods.set(host, (pods.get(host) ?? 0) + 1)
  const hosts = [...pods].map(([name, count]) => ({ name, pods: count }))
  return { nodes, hosts, blind }
}

/** How a tree changed; the first one holds all of it. */
@Inherits()
@ObjectType('ResourceTreeChange')
export class ResourceTreeChangeType implements TreeChange {
  @Field(() => Int, { description: 'Counts from 1 within a subscription.' })
  sequence: number

  @Field(() => [ResourceNodeType])
  nodes: readonly ResourceNodeType[]

  @Field(() => [ResourceRefType])
  removed: readonly ResourceRefType[]
}

/** What Kubernetes or a controller reported of an object. */
@Inherits()
@ObjectType('ResourceEvent')
export class ResourceEventType implements ObjectEvent {
  @Field(() => ResourceRefType)
  about: ObjectEvent['about']

  @Field(() => String)
  type: string

  @Field(() => String)
  reason: string

  @Field(() => String)
  message: string

  @Field(() => String)
  source: string

  @Field(() => Int)
  count: number

  @Field(() => String)
  firstSeenAt: string

  @Field(() => String)
  lastSeenAt: string
}

/** One line that a container wrote. */
@Inherits()
@ObjectType('LogLine')
export class LogLineType implements LogLine {
  @Field(() => String)
  pod: string

  @Field(() => String)
  container: string

  @Field(() => String, { description: 'RFC 3339; asking again with it as sinceTime goes on from there.' })
  time: string

  @Field(() => String)
  text: string
}

/** Lines as they came; the last batch may say why there are no more. */
@Inherits()
@ObjectType('LogBatch')
export class LogBatchType {
  @Field(() => [LogLineType])
  lines: readonly LogLineType[]

  @Field(() => [UserErrorType])
  userErrors: readonly UserErrorType[]
}
