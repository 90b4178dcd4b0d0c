import { Args, Int, Parent, ResolveField, Resolver } from '@nestjs/graphql'
import { DiffApplication } from '../../applications/diff-application.js'
import { PreviewSync } from '../../applications/preview-sync.js'
import { applicationObject } from '../../engine/access/application-object.js'
import type { Principal } from '../../engine/access/principal.js'
import type { Manifest } from '../../engine/manifest/manifest.js'
import { shownResources } from '../../engine/status/freshness.js'
import { OperationStore } from '../../store/operation-store.js'
import { Cost, Inherits } from '../access-rule.js'
import { DeploymentType, SyncPreviewType } from '../operation/operation.type.js'
import { Caller, Ctx, type RequestContext } from '../request-context.js'
import { JsonScalar } from '../scalars.js'
import { syncRequestOf } from './application-names.js'
import { ResourceKeyInput, SyncPreviewArgs } from './application.input.js'
import { ApplicationPermissionsType, ApplicationType } from './application.type.js'
import { viewerVerdict } from '../viewer-can.js'
import { ResourceDiffType, ResourceStatusType } from './resource.type.js'

const MAX_HISTORY = 50

/** Fields of an application that cost a read of their own, and only when they are asked for. */
@Resolver(() => ApplicationType)
export class ApplicationFieldsResolver {
  private readonly operations: OperationStore
  private readonly diffs: DiffApplication
  private readonly previewSync: PreviewSync

  constructor(operations: OperationStore, diffs: DiffApplication, previewSync: PreviewSync) {
    this.operations = operations
    this.diffs = diffs
    this.previewSync = previewSync
  }

  @Inherits()
  @ResolveField(() => [ResourceStatusType])
  async resources(
    @Parent() parent: ApplicationType,
    @Ctx() context: RequestContext,
  ): Promise<readonly ResourceStatusType[]> {
    const { application, status } = parent.row
    const stored = await context.loaders.status.load(application.id)
    return shownResources(stored?.resources ?? [], status?.unseen)
  }

  @Inherits()
  @Cost(2)
  @ResolveField(() => [DeploymentType], { description: 'Newest first.' })
  async history(
    @Parent() parent: ApplicationType,
    @Args('first', { type: () => Int, defaultValue: 10 }) first: number,
  ): Promise<readonly DeploymentType[]> {
    const limit = Math.min(Math.max(1, first), MAX_HISTORY)
    return this.operations.deployments(parent.row.application.id, limit)
  }

  @Inherits()
  @Cost(200)
  @ResolveField(() => [ResourceDiffType], { description: 'What differs now, asked from the cluster.' })
  async diff(
    @Parent() parent: ApplicationType,
    @Caller() caller: Principal,
    @Args('predict', { type: () => Boolean, defaultValue: false }) predict: boolean,
  ): Promise<readonly ResourceDiffType[]> {
    return this.diffs.run(caller, parent.row.application, predict)
  }

  @Inherits()
  @Cost(200)
  @ResolveField(() => SyncPreviewType, { description: 'What a sync would do now, asked from the cluster.' })
  async syncPreview(
    @Parent() parent: ApplicationType,
    @Caller() caller: Principal,
    @Args() { wish, deployment }: SyncPreviewArgs,
  ): Promise<SyncPreviewType> {
    return this.previewSync.run(caller, parent.row.application, {
      request: syncRequestOf(wish ?? {}),
      ...(deployment != null && { deployment }),
    })
  }

  @Inherits()
  @Cost(50)
  @ResolveField(() => JsonScalar, { nullable: true, description: 'One live object, Secret values masked.' })
  async live(
    @Parent() parent: ApplicationType,
    @Caller() caller: Principal,
    @Args('key', { type: () => ResourceKeyInput }) key: ResourceKeyInput,
  ): Promise<Manifest | undefined> {
    const { group, kind, name, namespace } = key
    return this.diffs.live(caller, parent.row.application, { group, kind, name, namespace: namespace ?? '' })
  }

  @Inherits()
  @ResolveField(() => ApplicationPermissionsType)
  viewerCan(@Parent() parent: ApplicationType, @Caller() caller: Principal): ApplicationPermissionsType {
    const { application } = parent.row
    const object = applicationObject(application.spec.project, application)
    const resource = 'applications'
    return viewerVerdict(caller, {
      sync: { resource, action: 'sync', object },
      update: { resource, action: 'update', object },
      delete: { resource, action: 'delete', object },
      override: { resource, action: 'override', object },
      rollback: { resource, action: 'sync', object },
      logs: { resource: 'logs', action: 'get', object },
      exec: { resource: 'exec', action: 'create', object },
    })
  }
}
