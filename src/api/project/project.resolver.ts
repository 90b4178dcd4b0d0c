import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql'
import type { Principal } from '../../engine/access/principal.js'
import { CreateProject } from '../../projects/create-project.js'
import { GetProject } from '../../projects/get-project.js'
import { ListProjects, projectKey } from '../../projects/list-projects.js'
import { RemoveProject } from '../../projects/remove-project.js'
import { Allow, Inherits } from '../access-rule.js'
import { PageArgs, pageWish, toConnection } from '../page-info.type.js'
import { Caller } from '../request-context.js'
import { payload } from '../user-error.type.js'
import { viewerCan, ViewerCanType } from '../viewer-can.js'
import {
  CreateProjectInput,
  ProjectConnectionType,
  ProjectPayloadType,
  ProjectType,
  RemoveProjectInput,
  toProjectView,
} from './project.type.js'

@Resolver(() => ProjectType)
export class ProjectResolver {
  private readonly get: GetProject
  private readonly list: ListProjects

  constructor(get: GetProject, list: ListProjects) {
    this.get = get
    this.list = list
  }

  @Allow('projects:get')
  @Query(() => ProjectType)
  async project(
    @Caller() caller: Principal,
    @Args('name', { type: () => String }) name: string,
  ): Promise<ProjectType> {
    return toProjectView(await this.get.run(caller, name))
  }

  @Allow('projects:get')
  @Query(() => [ProjectType])
  async projects(@Caller() caller: Principal): Promise<readonly ProjectType[]> {
    return (await this.list.run(caller)).map(toProjectView)
  }

  @Allow('projects:get')
  @Query(() => ProjectConnectionType, { description: 'By name, page by page.' })
  async projectConnection(
    @Caller() caller: Principal,
    @Args() args: PageArgs,
  ): Promise<ProjectConnectionType> {
    return toConnection(await this.list.page(caller, pageWish(args)), projectKey, toProjectView)
  }

  @Inherits()
  @ResolveField(() => ViewerCanType)
  viewerCan(@Parent() { name }: ProjectType, @Caller() caller: Principal): ViewerCanType {
    return viewerCan(caller, 'projects', name)
  }
}

@Resolver(() => ProjectType)
export class ProjectChangeResolver {
  private readonly create: CreateProject
  private readonly remove: RemoveProject

  constructor(create: CreateProject, remove: RemoveProject) {
    this.create = create
    this.remove = remove
  }

  @Allow('projects:create')
  @Mutation(() => ProjectPayloadType)
  createProject(@Caller() caller: Principal, @Args('input') input: CreateProjectInput) {
    return payload(async () => {
      const { name, spec, upsert, generation } = input
      const seen = typeof generation === 'number' ? { generation } : {}
      const wish = { name, spec, upsert: upsert === true, ...seen }
      return { project: toProjectView(await this.create.run(caller, wish)) }
    })
  }

  @Allow('projects:delete')
  @Mutation(() => ProjectPayloadType)
  removeProject(@Caller() caller: Principal, @Args('input') input: RemoveProjectInput) {
    return payload(async () => ({ project: toProjectView(await this.remove.run(caller, input.name)) }))
  }
}
