import { Args, ArgsType, Field, Int, Parent, ResolveField, Resolver } from '@nestjs/graphql'
import { LookIntoApplication } from '../../applications/look-into-application.js'
import type { Principal } from '../../engine/access/principal.js'
import type { Manifest } from '../../engine/manifest/manifest.js'
import { Cost, Inherits } from '../access-rule.js'
import { ResourceKeyInput } from '../application/application.input.js'
import { ApplicationType } from '../application/application.type.js'
import { ManifestSourceEnum } from '../enums.js'
import { Caller } from '../request-context.js'
import { JsonScalar } from '../scalars.js'
import { ResourceEventType, ResourceRefType, ResourceTreeType, toTreeView } from './resource-tree.type.js'

@ArgsType()
export class ManifestsArgs {
  @Field(() => ManifestSourceEnum, { defaultValue: 'git' })
  source: 'live' | 'git' = 'git'

  @Field(() => Int, { nullable: true })
  deployment?: number | null

  @Field(() => String, { nullable: true })
  revision?: string | null
}

/** What runs of an application, asked from the owner of its cluster. */
@Resolver(() => ApplicationType)
export class ResourceReadsResolver {
  private readonly look: LookIntoApplication

  constructor(look: LookIntoApplication) {
    this.look = look
  }

  @Inherits()
  @Cost(200)
  @ResolveField(() => ResourceTreeType, {
    description: 'Managed objects and what came of them, as seen now.',
  })
  async resourceTree(
    @Parent() parent: ApplicationType,
    @Caller() caller: Principal,
  ): Promise<ResourceTreeType> {
    return toTreeView(await this.look.tree(caller, parent.row.application))
  }

  @Inherits()
  @Cost(200)
  @ResolveField(() => [ResourceRefType], {
    description: 'Objects of its namespace that belong to no application; none unless its project asks.',
  })
  orphanedResources(
    @Parent() parent: ApplicationType,
    @Caller() caller: Principal,
  ): Promise<readonly ResourceRefType[]> {
    return this.look.orphans(caller, parent.row.application)
  }

  @Inherits()
  @Cost(200)
  @ResolveField(() => [ResourceEventType], { description: 'Newest first; of all its objects or of one.' })
  async events(
    @Parent() parent: ApplicationType,
    @Caller() caller: Principal,
    @Args('key', { type: () => ResourceKeyInput, nullable: true }) key?: ResourceKeyInput | null,
  ): Promise<readonly ResourceEventType[]> {
    const about = key == null ? undefined : { ...key, namespace: key.namespace ?? '' }
    return this.look.events(caller, parent.row.application, about)
  }

  @Inherits()
  @Cost(200)
  @ResolveField(() => [JsonScalar], {
    description: 'Objects as declared (of a deployment or a deployed revision) or as they run.',
  })
  async manifests(
    @Parent() parent: ApplicationType,
    @Caller() caller: Principal,
    @Args() { source, deployment, revision }: ManifestsArgs,
  ): Promise<readonly Manifest[]> {
    return this.look.manifests(caller, parent.row.application, {
      source,
      ...(deployment != null && { deployment }),
      ...(revision != null && { revision }),
    })
  }
}
