import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql'
import type { Principal } from '../../engine/access/principal.js'
import { ListCredentialTemplates } from '../../repositories/list-credential-templates.js'
import { RemoveCredentialTemplate } from '../../repositories/remove-credential-template.js'
import { SaveCredentialTemplate } from '../../repositories/save-credential-template.js'
import { Allow, Inherits } from '../access-rule.js'
import { Caller } from '../request-context.js'
import { payload } from '../user-error.type.js'
import { viewerCan, ViewerCanType } from '../viewer-can.js'
import { withoutNulls } from '../without-nulls.js'
import {
  AddCredentialTemplateInput,
  CredentialTemplatePayloadType,
  CredentialTemplateType,
  RemoveCredentialTemplateInput,
  toCredentialTemplateView,
} from './credential-template.type.js'

@Resolver(() => CredentialTemplateType)
export class CredentialTemplateResolver {
  private readonly list: ListCredentialTemplates
  private readonly save: SaveCredentialTemplate
  private readonly remove: RemoveCredentialTemplate

  constructor(list: ListCredentialTemplates, save: SaveCredentialTemplate, remove: RemoveCredentialTemplate) {
    this.list = list
    this.save = save
    this.remove = remove
  }

  @Allow('repositories:get')
  @Query(() => [CredentialTemplateType])
  async credentialTemplates(@Caller() caller: Principal): Promise<readonly CredentialTemplateType[]> {
    return (await this.list.run(caller)).map(toCredentialTemplateView)
  }

  @Inherits()
  @ResolveField(() => ViewerCanType)
  viewerCan(@Parent() { url }: CredentialTemplateType, @Caller() caller: Principal): ViewerCanType {
    return viewerCan(caller, 'repositories', url)
  }

  @Allow('repositories:create')
  @Mutation(() => CredentialTemplatePayloadType)
  addCredentialTemplate(@Caller() caller: Principal, @Args('input') input: AddCredentialTemplateInput) {
    return payload(async () => ({
      credentialTemplate: toCredentialTemplateView(await this.save.run(caller, withoutNulls(input))),
    }))
  }

  @Allow('repositories:delete')
  @Mutation(() => CredentialTemplatePayloadType)
  removeCredentialTemplate(@Caller() caller: Principal, @Args('input') input: RemoveCredentialTemplateInput) {
    return payload(async () => ({
      credentialTemplate: toCredentialTemplateView(await this.remove.run(caller, input.url)),
    }))
  }
}
