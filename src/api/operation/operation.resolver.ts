import { Args, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql'
import { AppError } from '../../base/app-error.js'
import { GetApplication } from '../../applications/get-application.js'
import type { Principal } from '../../engine/access/principal.js'
import { timeline } from '../../engine/sync/timeline.js'
import { OperationStore } from '../../store/operation-store.js'
import { Allow, Cost, Inherits } from '../access-rule.js'
import { innerId } from '../opaque-id.js'
import { Caller } from '../request-context.js'
import { OperationStepType, OperationType, toOperationView } from './operation.type.js'

@Resolver(() => OperationType)
export class OperationResolver {
  private readonly operations: OperationStore
  private readonly getApplication: GetApplication

  constructor(operations: OperationStore, getApplication: GetApplication) {
    this.operations = operations
    this.getApplication = getApplication
  }

  @Allow('applications:get')
  @Query(() => OperationType)
  async operation(
    @Caller() caller: Principal,
    @Args('id', { type: () => ID }) id: string,
  ): Promise<OperationType> {
    const operation = await this.operations.get(innerId('Operation', id))
    const visible =
      operation === undefined ? [] : await this.getApplication.many(caller, [operation.applicationId])
    if (operation === undefined || visible.length === 0) {
      throw new AppError('NOT_FOUND', 'The operation does not exist.')
    }
    return toOperationView(operation)
  }

  @Inherits()
  @Cost(10)
  @ResolveField(() => [OperationStepType], { description: 'What it did, in order.' })
  async steps(@Parent() { id }: OperationType): Promise<readonly OperationStepType[]> {
    return timeline(await this.operations.steps(innerId('Operation', id)))
  }
}
