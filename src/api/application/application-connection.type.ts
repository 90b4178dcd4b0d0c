import { Field, Int, ObjectType } from '@nestjs/graphql'
import type { ApplicationWishFilter } from '../../applications/list-applications.js'
import type { ApplicationFacets, FacetCount } from '../../store/application-list.js'
import { Inherits } from '../access-rule.js'
import { PageInfoType } from '../page-info.type.js'
import { ApplicationType } from './application.type.js'

@Inherits()
@ObjectType('ApplicationEdge')
export class ApplicationEdgeType {
  @Field(() => String)
  cursor: string

  @Field(() => ApplicationType)
  node: ApplicationType
}

/** One page, and on demand what the whole list is like. */
@Inherits()
@ObjectType('ApplicationConnection')
export class ApplicationConnectionType {
  /** Not a field of the schema: what totals and facets are about. */
  readonly filter: ApplicationWishFilter

  @Field(() => [ApplicationEdgeType])
  edges: readonly ApplicationEdgeType[]

  @Field(() => [ApplicationType])
  nodes: readonly ApplicationType[]

  @Field(() => PageInfoType)
  pageInfo: PageInfoType
}

@Inherits()
@ObjectType('FacetCount')
export class FacetCountType implements FacetCount {
  @Field(() => String)
  value: string

  @Field(() => Int)
  count: number
}

/** How the applications that fit spread; most frequent first, at most 100 values each. */
@Inherits()
@ObjectType('ApplicationFacets')
export class ApplicationFacetsType implements ApplicationFacets {
  @Field(() => [FacetCountType])
  sync: readonly FacetCountType[]

  @Field(() => [FacetCountType])
  health: readonly FacetCountType[]

  @Field(() => [FacetCountType])
  project: readonly FacetCountType[]

  @Field(() => [FacetCountType], { description: 'By name, where the cluster is known.' })
  cluster: readonly FacetCountType[]

  @Field(() => [FacetCountType], { description: 'Namespaces of the destination.' })
  namespace: readonly FacetCountType[]

  @Field(() => [FacetCountType], { description: 'Of the first source, normalised.' })
  repository: readonly FacetCountType[]

  @Field(() => [FacetCountType], { description: '`true` and `false`.' })
  autoSync: readonly FacetCountType[]
}
