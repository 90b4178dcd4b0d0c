import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql'
import type { Principal } from '../../engine/access/principal.js'
import { AddRepository } from '../../repositories/add-repository.js'
import { GetRepository } from '../../repositories/get-repository.js'
import { InheritsCredential } from '../../repositories/inherits-credential.js'
import { ListRepositories, repositoryKey, repositoryObject } from '../../repositories/list-repositories.js'
import { RemoveRepository } from '../../repositories/remove-repository.js'
import { Allow, Cost, Inherits } from '../access-rule.js'
import { innerId } from '../opaque-id.js'
import { PageArgs, pageWish, toConnection } from '../page-info.type.js'
import { Caller } from '../request-context.js'
import { payload } from '../user-error.type.js'
import { viewerCan, ViewerCanType } from '../viewer-can.js'
import { withoutNulls } from '../without-nulls.js'
import {
  AddRepositoryInput,
  RemoveRepositoryInput,
  RepositoryConnectionType,
  RepositoryPayloadType,
  RepositoryType,
  toRepositoryView,
} from './repository.type.js'

@Resolver(() => RepositoryType)
export class RepositoryResolver {
  private readonly get: GetRepository
  private readonly list: ListRepositories
  private readonly inherits: InheritsCredential

  constructor(get: GetRepository, list: ListRepositories, inherits: InheritsCredential) {
    this.get = get
    this.list = list
    this.inherits = inherits
  }

  @Allow('repositories:get')
  @Query(() => RepositoryType)
  async repository(
    @Caller() caller: Principal,
    @Args('url', { type: () => String }) url: string,
  ): Promise<RepositoryType> {
    return toRepositoryView(await this.get.run(caller, url))
  }

  @Allow('repositories:get')
  @Query(() => [RepositoryType])
  async repositories(@Caller() caller: Principal): Promise<readonly RepositoryType[]> {
    return (await this.list.run(caller)).map(toRepositoryView)
  }

  @Allow('repositories:get')
  @Query(() => RepositoryConnectionType, { description: 'By URL, page by page.' })
  async repositoryConnection(
    @Caller() caller: Principal,
    @Args() args: PageArgs,
  ): Promise<RepositoryConnectionType> {
    return toConnection(await this.list.page(caller, pageWish(args)), repositoryKey, toRepositoryView)
  }

  @Inherits()
  @ResolveField(() => ViewerCanType)
  viewerCan(@Parent() repository: RepositoryType, @Caller() caller: Principal): ViewerCanType {
    return viewerCan(caller, 'repositories', repositoryObject(repository))
  }

  @Inherits()
  @Cost(1)
  @ResolveField(() => Boolean, {
    description: 'It has no credential of its own and is read with that of a credential template.',
  })
  inheritsCredential(@Parent() { id }: RepositoryType): Promise<boolean> {
    return this.inherits.run(innerId('Repository', id))
  }
}

@Resolver(() => RepositoryType)
export class RepositoryChangeResolver {
  private readonly add: AddRepository
  private readonly remove: RemoveRepository

  constructor(add: AddRepository, remove: RemoveRepository) {
    this.add = add
    this.remove = remove
  }

  @Allow('repositories:create')
  @Mutation(() => RepositoryPayloadType)
  addRepository(@Caller() caller: Principal, @Args('input') input: AddRepositoryInput) {
    return payload(async () => ({
      repository: toRepositoryView(await this.add.run(caller, withoutNulls(input))),
    }))
  }

  @Allow('repositories:delete')
  @Mutation(() => RepositoryPayloadType)
  removeRepository(@Caller() caller: Principal, @Args('input') input: RemoveRepositoryInput) {
    return payload(async () => ({ repository: toRepositoryView(await this.remove.run(caller, input.url)) }))
  }
}
