import { Args, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql'
import { AppError } from '../../base/app-error.js'
import { NotVisible } from '../../base/not-visible.js'
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
    const absent = 'The operation does not exist.'
    if (operation === undefined) throw new AppError('NOT_FOUND', absent)
    const visible = await this.getApplication.many(caller, [operation.applicationId])
    if (visible.length === 0) throw new NotVisible(absent)
    return toOperationView(operation)
  }

  @Inherits()
  @Cost(10)
  @ResolveField(() => [OperationStepType], { description: 'What it did, in order.' })
  async steps(@Parent() { id }: OperationType): Promise<readonly OperationStepType[]> {
    return timeline(await this.operations.steps(innerId('Operation', id)))
  }
}
