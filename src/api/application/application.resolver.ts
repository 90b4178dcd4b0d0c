import { Args, Mutation, Query, Resolver } from '@nestjs/graphql'
import { CreateApplication } from '../../applications/create-application.js'
import { DeleteApplication } from '../../applications/delete-application.js'
import { GetApplication } from '../../applications/get-application.js'
import { cursorOf, ListApplications } from '../../applications/list-applications.js'
import { RefreshApplicationRequest } from '../../applications/refresh-application-request.js'
import { RequestSync } from '../../applications/request-sync.js'
import { TerminateOperation } from '../../applications/terminate-operation.js'
import { UpdateApplication } from '../../applications/update-application.js'
import type { Principal } from '../../engine/access/principal.js'
import { Allow } from '../access-rule.js'
import { toOperationView } from '../operation/operation.type.js'
import { Caller } from '../request-context.js'
import { payload } from '../user-error.type.js'
import {
  CreateApplicationInput,
  DeleteApplicationInput,
  RefreshApplicationInput,
  SyncApplicationInput,
  TerminateOperationInput,
  UpdateApplicationInput,
} from './application.input.js'
import { keyOf, nameOf, syncRequestOf } from './application-names.js'
import { ApplicationConnectionType } from './application-connection.type.js'
import { ApplicationsArgs, cursorText, pageWishOf } from './application-list.input.js'
import { ApplicationPayloadType, ApplicationType, toApplicationView } from './application.type.js'
import { Preload, type PreloadRows } from './preload.js'
import { stringRecord } from './string-record.js'

/** Root fields about applications; each translates into one call of a feature. */
@Resolver(() => ApplicationType)
export class ApplicationResolver {
  private readonly getApplication: GetApplication
  private readonly listApplications: ListApplications

  constructor(getApplication: GetApplication, listApplications: ListApplications) {
    this.getApplication = getApplication
    this.listApplications = listApplications
  }

  @Allow('applications:get')
  @Query(() => ApplicationType)
  async application(
    @Caller() caller: Principal,
    @Args('name', { type: () => String }) name: string,
    @Args('namespace', { type: () => String, nullable: true }) namespace?: string | null,
  ): Promise<ApplicationType> {
    return toApplicationView(
      await this.getApplication.run(caller, nameOf({ name, namespace: namespace ?? null })),
    )
  }

  @Allow('applications:get')
  @Query(() => ApplicationConnectionType)
  async applications(
    @Caller() caller: Principal,
    @Args() args: ApplicationsArgs,
    @Preload() preload: PreloadRows,
  ): Promise<ApplicationConnectionType> {
    const wish = pageWishOf(args)
    const page = await this.listApplications.run(caller, wish)
    await preload(page.rows.map(({ application }) => application.id))
    const field = wish.order?.field ?? 'name'
    const nodes = page.rows.map(toApplicationView)
    const last = page.rows.at(-1)
    return {
      filter: wish.filter,
      // Few ask for edges, and a cursor per row is not free.
      get edges() {
        return nodes.map((node) => ({ cursor: cursorText(cursorOf(node.row), field), node }))
      },
      nodes,
      pageInfo: {
        hasNextPage: page.hasNextPage,
        ...(last && { endCursor: cursorText(cursorOf(last), field) }),
      },
    }
  }
}

/** Mutations of applications. */
@Resolver(() => ApplicationType)
export class ApplicationChangeResolver {
  private readonly create: CreateApplication
  private readonly update: UpdateApplication
  private readonly remove: DeleteApplication

  constructor(create: CreateApplication, update: UpdateApplication, remove: DeleteApplication) {
    this.create = create
    this.update = update
    this.remove = remove
  }

  @Allow('applications:create')
  @Mutation(() => ApplicationPayloadType)
  createApplication(@Caller() caller: Principal, @Args('input') input: CreateApplicationInput) {
    return payload(async () => {
      const application = await this.create.run(caller, {
        ...nameOf(input),
        spec: input.spec,
        ...metadataOf(input),
        upsert: input.upsert === true,
        ...keyOf(input),
      })
      return { application: toApplicationView({ application }) }
    })
  }

  @Allow('applications:update')
  @Mutation(() => ApplicationPayloadType)
  updateApplication(@Caller() caller: Principal, @Args('input') input: UpdateApplicationInput) {
    return payload(async () => {
      const application = await this.update.run(caller, {
        ...nameOf(input),
        ...(input.spec != null && { spec: input.spec }),
        ...metadataOf(input),
        ...(input.generation != null && { generation: input.generation }),
      })
      return { application: toApplicationView({ application }) }
    })
  }

  @Allow('applications:delete')
  @Mutation(() => ApplicationPayloadType)
  deleteApplication(@Caller() caller: Principal, @Args('input') input: DeleteApplicationInput) {
    return payload(async () => {
      const operation = await this.remove.run(caller, {
        name: nameOf(input),
        cascade: input.cascade ?? true,
        propagation: input.propagation ?? 'foreground',
        ...keyOf(input),
      })
      return { operation: toOperationView(operation) }
    })
  }
}

/** Mutations that start work on an application. */
@Resolver(() => ApplicationType)
export class ApplicationWorkResolver {
  private readonly requestSync: RequestSync
  private readonly requestRefresh: RefreshApplicationRequest
  private readonly requestTermination: TerminateOperation

  constructor(
    requestSync: RequestSync,
    requestRefresh: RefreshApplicationRequest,
    requestTermination: TerminateOperation,
  ) {
    this.requestSync = requestSync
    this.requestRefresh = requestRefresh
    this.requestTermination = requestTermination
  }

  @Allow('applications:sync')
  @Mutation(() => ApplicationPayloadType)
  syncApplication(@Caller() caller: Principal, @Args('input') input: SyncApplicationInput) {
    return payload(async () => {
      const operation = await this.requestSync.run(caller, {
        name: nameOf(input),
        request: syncRequestOf(input),
        ...keyOf(input),
      })
      return { operation: toOperationView(operation) }
    })
  }

  @Allow('applications:sync')
  @Mutation(() => ApplicationPayloadType)
  terminateOperation(@Caller() caller: Principal, @Args('input') input: TerminateOperationInput) {
    return payload(async () => {
      const operation = await this.requestTermination.run(caller, nameOf(input))
      return { operation: toOperationView(operation) }
    })
  }

  @Allow('applications:get')
  @Mutation(() => ApplicationPayloadType)
  refreshApplication(@Caller() caller: Principal, @Args('input') input: RefreshApplicationInput) {
    return payload(async () => {
      const application = await this.requestRefresh.run(caller, nameOf(input), input.hard === true)
      return { application: toApplicationView({ application }) }
    })
  }
}

function metadataOf(input: { readonly labels?: unknown; readonly annotations?: unknown }) {
  const labels = stringRecord('labels', input.labels)
  const annotations = stringRecord('annotations', input.annotations)
  return { ...(labels && { labels }), ...(annotations && { annotations }) }
}
