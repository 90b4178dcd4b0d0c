import { Args, ID, Query, Resolver } from '@nestjs/graphql'
import { AppError } from '../../base/app-error.js'
import { GetApplication } from '../../applications/get-application.js'
import type { Principal } from '../../engine/access/principal.js'
import { OperationStore } from '../../store/operation-store.js'
import { Allow } from '../access-rule.js'
import { innerId } from '../opaque-id.js'
import { Caller } from '../request-context.js'
import { OperationType, toOperationView } from './operation.type.js'

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
}
