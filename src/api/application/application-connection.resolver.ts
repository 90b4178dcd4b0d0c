import { Int, Parent, ResolveField, Resolver } from '@nestjs/graphql'
import { ListApplications } from '../../applications/list-applications.js'
import type { Principal } from '../../engine/access/principal.js'
import { Cost, Inherits } from '../access-rule.js'
import { Caller } from '../request-context.js'
import { ApplicationConnectionType, ApplicationFacetsType } from './application-connection.type.js'

/** Fields about the whole list: each costs a count over it, and only when it is asked for. */
@Resolver(() => ApplicationConnectionType)
export class ApplicationConnectionResolver {
  private readonly listApplications: ListApplications

  constructor(listApplications: ListApplications) {
    this.listApplications = listApplications
  }

  @Inherits()
  @Cost(50)
  @ResolveField(() => Int, { description: 'How many applications fit.' })
  totalCount(@Parent() parent: ApplicationConnectionType, @Caller() caller: Principal): Promise<number> {
    return this.listApplications.total(caller, parent.filter)
  }

  @Inherits()
  @Cost(200)
  @ResolveField(() => ApplicationFacetsType)
  facets(
    @Parent() parent: ApplicationConnectionType,
    @Caller() caller: Principal,
  ): Promise<ApplicationFacetsType> {
    return this.listApplications.facets(caller, parent.filter)
  }
}
