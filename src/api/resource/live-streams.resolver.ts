import { Args, Resolver, Subscription } from '@nestjs/graphql'
import { LookIntoApplication } from '../../applications/look-into-application.js'
import type { Principal } from '../../engine/access/principal.js'
import type { LogLine } from '../../engine/logs/log-line.js'
import { Authenticate } from '../../login/authenticate.js'
import { Allow } from '../access-rule.js'
import { ApplicationNameInput } from '../application/application.input.js'
import { nameOf } from '../application/application-names.js'
import { ApplicationType } from '../application/application.type.js'
import { Caller, Ctx, type RequestContext } from '../request-context.js'
import { payload } from '../user-error.type.js'
import { CheckedStream } from './checked-stream.js'
import { LogsInput, logsWishOf } from './logs.input.js'
import { LogBatchType, ResourceTreeChangeType } from './resource-tree.type.js'

interface LogsEvent {
  readonly logs: LogBatchType
}

/** What is streamed from the owner of a cluster. */
@Resolver(() => ApplicationType)
export class LiveStreamsResolver {
  private readonly look: LookIntoApplication
  private readonly authenticate: Authenticate

  constructor(look: LookIntoApplication, authenticate: Authenticate) {
    this.look = look
    this.authenticate = authenticate
  }

  @Allow('applications:get')
  @Subscription(() => ResourceTreeChangeType)
  async resourceTreeChanged(
    @Ctx() { credential }: RequestContext,
    @Caller() caller: Principal,
    @Args('input') input: ApplicationNameInput,
  ): Promise<AsyncIterableIterator<{ readonly resourceTreeChanged: ResourceTreeChangeType }>> {
    let told = 0
    return new CheckedStream({
      stream: await this.look.treeChanges(caller, nameOf(input)),
      recheck: () => this.authenticate.run(credential),
      toEvent: (change) => {
        // What only says that the stream lives repeats the sequence.
        const isNews = change.sequence > told
        told = change.sequence
        return isNews ? { resourceTreeChanged: change } : undefined
      },
    })
  }

  @Allow('logs:get')
  @Subscription(() => LogBatchType)
  async logs(
    @Ctx() { credential }: RequestContext,
    @Caller() caller: Principal,
    @Args('input') input: LogsInput,
  ): Promise<AsyncIterableIterator<LogsEvent>> {
    return new CheckedStream<readonly LogLine[], LogsEvent>({
      stream: await this.look.logs(caller, nameOf(input), logsWishOf(input)),
      recheck: () => this.authenticate.run(credential),
      toEvent: (lines) => (lines.length === 0 ? undefined : { logs: { lines, userErrors: [] } }),
      toFailure: async (error) => {
        const { userErrors = [] } = await payload<LogBatchType>(async () => {
          throw error
        })
        return { logs: { lines: [], userErrors } }
      },
    })
  }
}
