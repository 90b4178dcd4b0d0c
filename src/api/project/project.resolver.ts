import { Args, Mutation, Query, Resolver } from '@nestjs/graphql'
import type { Principal } from '../../engine/access/principal.js'
import { CreateProject } from '../../projects/create-project.js'
import { GetProject } from '../../projects/get-project.js'
import { ListProjects } from '../../projects/list-projects.js'
import { RemoveProject } from '../../projects/remove-project.js'
import { Allow } from '../access-rule.js'
import { Caller } from '../request-context.js'
import { payload } from '../user-error.type.js'
import {
  CreateProjectInput,
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
