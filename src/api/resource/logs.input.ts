import { Field, InputType, Int } from '@nestjs/graphql'
import type { LogsWish } from '../../applications/live-reads.js'
import { ApplicationNameInput } from '../application/application.input.js'

/** Whose logs, and how much of them. */
@InputType()
export class LogsInput extends ApplicationNameInput {
  @Field(() => String, { nullable: true })
  group?: string | null

  @Field(() => String, { nullable: true, description: 'Pods below objects of this kind; Pod itself.' })
  kind?: string | null

  @Field(() => String, { nullable: true })
  resourceNamespace?: string | null

  @Field(() => String, { nullable: true })
  resourceName?: string | null

  @Field(() => String, { nullable: true, description: 'Default: all that run all the time.' })
  container?: string | null

  @Field(() => Boolean, { nullable: true })
  follow?: boolean | null

  @Field(() => Boolean, { nullable: true, description: 'Of the container before its last restart.' })
  previous?: boolean | null

  @Field(() => Int, { nullable: true, description: 'Last lines of each container.' })
  tailLines?: number | null

  @Field(() => Int, { nullable: true })
  sinceSeconds?: number | null

  @Field(() => String, { nullable: true, description: 'RFC 3339.' })
  sinceTime?: string | null

  @Field(() => String, { nullable: true, description: 'RFC 3339.' })
  untilTime?: string | null

  @Field(() => String, { nullable: true, description: 'Part of a line; "!" before it inverts.' })
  filter?: string | null

  @Field(() => Boolean, { nullable: true })
  matchCase?: boolean | null
}

export function logsWishOf(input: LogsInput): LogsWish {
  const { name: _name, namespace: _namespace, resourceName, resourceNamespace, ...rest } = input
  const wish = { ...rest, name: resourceName, namespace: resourceNamespace }
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => value != null)) as LogsWish
}
