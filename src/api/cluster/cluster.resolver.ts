import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql'
import { AddCluster } from '../../clusters/add-cluster.js'
import { clusterKey, clusterObject, ListClusters } from '../../clusters/list-clusters.js'
import { RemoveCluster } from '../../clusters/remove-cluster.js'
import type { Principal } from '../../engine/access/principal.js'
import { Allow, Inherits } from '../access-rule.js'
import { PageArgs, pageWish, toConnection } from '../page-info.type.js'
import { Caller } from '../request-context.js'
import { payload } from '../user-error.type.js'
import { viewerCan, ViewerCanType } from '../viewer-can.js'
import { withoutNulls } from '../without-nulls.js'
import {
  AddClusterInput,
  ClusterConnectionType,
  ClusterPayloadType,
  ClusterType,
  RemoveClusterInput,
  toClusterView,
} from './cluster.type.js'

@Resolver(() => ClusterType)
export class ClusterResolver {
  private readonly list: ListClusters
  private readonly add: AddCluster
  private readonly remove: RemoveCluster

  constructor(list: ListClusters, add: AddCluster, remove: RemoveCluster) {
    this.list = list
    this.add = add
    this.remove = remove
  }

  @Allow('clusters:get')
  @Query(() => [ClusterType])
  async clusters(@Caller() caller: Principal): Promise<readonly ClusterType[]> {
    return (await this.list.run(caller)).map(toClusterView)
  }

  @Allow('clusters:get')
  @Query(() => ClusterConnectionType, { description: 'By name, page by page.' })
  async clusterConnection(
    @Caller() caller: Principal,
    @Args() args: PageArgs,
  ): Promise<ClusterConnectionType> {
    return toConnection(await this.list.page(caller, pageWish(args)), clusterKey, toClusterView)
  }

  @Inherits()
  @ResolveField(() => ViewerCanType)
  viewerCan(@Parent() cluster: ClusterType, @Caller() caller: Principal): ViewerCanType {
    return viewerCan(caller, 'clusters', clusterObject(cluster))
  }

  @Allow('clusters:create')
  @Mutation(() => ClusterPayloadType)
  addCluster(@Caller() caller: Principal, @Args('input') input: AddClusterInput) {
    return payload(async () => ({ cluster: toClusterView(await this.add.run(caller, withoutNulls(input))) }))
  }

  @Allow('clusters:delete')
  @Mutation(() => ClusterPayloadType)
  removeCluster(@Caller() caller: Principal, @Args('input') input: RemoveClusterInput) {
    return payload(async () => ({
      cluster: toClusterView(await this.remove.run(caller, input.cluster, input.force === true)),
    }))
  }
}
