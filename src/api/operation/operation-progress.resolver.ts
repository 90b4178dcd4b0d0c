import { Args, Resolver, Subscription } from '@nestjs/graphql'
import { FollowOperation } from '../../applications/follow-operation.js'
import type { Principal } from '../../engine/access/principal.js'
import type { Operation } from '../../engine/sync/operation.js'
import { Authenticate } from '../../login/authenticate.js'
import { Allow } from '../access-rule.js'
import { OperationProgressInput } from '../application/application.input.js'
import { nameOf } from '../application/application-names.js'
import { innerId } from '../opaque-id.js'
import { Caller, Ctx, type RequestContext } from '../request-context.js'
import { CheckedStream } from '../resource/checked-stream.js'
import { OperationType, toOperationView } from './operation.type.js'

interface ProgressEvent {
  readonly operationProgress: OperationType
}

/** What an operation does while it does it. */
@Resolver(() => OperationType)
export class OperationProgressResolver {
  private readonly follow: FollowOperation
  private readonly authenticate: Authenticate

  constructor(follow: FollowOperation, authenticate: Authenticate) {
    this.follow = follow
    this.authenticate = authenticate
  }

  @Allow('applications:get')
  @Subscription(() => OperationType, {
    description: 'The operation as it is, then whenever it changed; completes when it is over.',
  })
  async operationProgress(
    @Ctx() { credential }: RequestContext,
    @Caller() caller: Principal,
    @Args('input') input: OperationProgressInput,
  ): Promise<AsyncIterableIterator<ProgressEvent>> {
    const id = input.id == null ? undefined : innerId('Operation', input.id)
    return new CheckedStream<Operation, ProgressEvent>({
      stream: await this.follow.run(caller, nameOf(input), id),
      recheck: () => this.authenticate.run(credential),
      toEvent: (operation) => ({ operationProgress: toOperationView(operation) }),
    })
  }
}
