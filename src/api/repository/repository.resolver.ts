import { Args, Mutation, Query, Resolver } from '@nestjs/graphql'
import type { Principal } from '../../engine/access/principal.js'
import { AddRepository } from '../../repositories/add-repository.js'
import { ListRepositories } from '../../repositories/list-repositories.js'
import { RemoveRepository } from '../../repositories/remove-repository.js'
import { Allow } from '../access-rule.js'
import { Caller } from '../request-context.js'
import { payload } from '../user-error.type.js'
import { withoutNulls } from '../without-nulls.js'
import {
  AddRepositoryInput,
  RemoveRepositoryInput,
  RepositoryPayloadType,
  RepositoryType,
  toRepositoryView,
} from './repository.type.js'

@Resolver(() => RepositoryType)
export class RepositoryResolver {
  private readonly list: ListRepositories
  private readonly add: AddRepository
  private readonly remove: RemoveRepository

  constructor(list: ListRepositories, add: AddRepository, remove: RemoveRepository) {
    this.list = list
    this.add = add
    this.remove = remove
  }

  @Allow('repositories:get')
  @Query(() => [RepositoryType])
  async repositories(@Caller() caller: Principal): Promise<readonly RepositoryType[]> {
    return (await this.list.run(caller)).map(toRepositoryView)
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
