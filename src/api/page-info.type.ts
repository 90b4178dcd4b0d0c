import { ArgsType, Field, Int, ObjectType } from '@nestjs/graphql'
import { AppError } from '../base/app-error.js'
import type { Page, PageWish } from '../engine/paging/keyset-page.js'
import { Inherits } from './access-rule.js'
import { fromCursor, toCursor } from './opaque-id.js'

/** Relay's page marker. */
@Inherits()
@ObjectType('PageInfo')
export class PageInfoType {
  @Field(() => Boolean)
  hasNextPage: boolean

  @Field(() => String, { nullable: true })
  endCursor?: string
}

const LARGEST_PAGE = 100

/** Arguments of a connection. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: 50, description: 'At most 100.' })
  first: number

  @Field(() => String, { nullable: true, description: 'endCursor of the page before.' })
  after?: string | null
}

/** BAD_USER_INPUT when they make no page. */
export function pageWish({ first, after }: PageArgs): PageWish {
  if (!Number.isInteger(first) || first < 1 || first > LARGEST_PAGE) {
    throw new AppError('BAD_USER_INPUT', `"first" is ${first}; it must be from 1 to ${LARGEST_PAGE}.`)
  }
  if (after === undefined || after === null) return { first }
  const [key, ...others] = fromCursor(after)
  if (key === undefined || others.length > 0) {
    throw new AppError('BAD_USER_INPUT', 'The cursor "after" is not one of this list.')
  }
  return { first, after: key }
}

/** A connection as it goes out. */
export function toConnection<Row, Node>(
  { rows, hasNextPage }: Page<Row>,
  keyOf: (row: Row) => string,
  toView: (row: Row) => Node,
) {
  const edges = rows.map((row) => ({ cursor: toCursor([keyOf(row)]), node: toView(row) }))
  const endCursor = edges.at(-1)?.cursor
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: { hasNextPage, ...(endCursor !== undefined && { endCursor }) },
  }
}
