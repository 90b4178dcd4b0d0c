import { Args, Mutation, Resolver } from '@nestjs/graphql'
import { ConfirmDeletion } from '../../applications/confirm-deletion.js'
import { PatchApplication } from '../../applications/patch-application.js'
import { RollbackApplication } from '../../applications/rollback-application.js'
import type { Principal } from '../../engine/access/principal.js'
import { Allow } from '../access-rule.js'
import { toOperationView } from '../operation/operation.type.js'
import { Caller } from '../request-context.js'
import { payload } from '../user-error.type.js'
import { ConfirmDeletionInput, PatchApplicationInput, RollbackApplicationInput } from './application.input.js'
import { keyOf, nameOf } from './application-names.js'
import { ApplicationPayloadType, ApplicationType, toApplicationView } from './application.type.js'

/** Mutations that start from what was: steps on the declaration, and a deployment made live again. */
@Resolver(() => ApplicationType)
export class ApplicationEditResolver {
  private readonly patch: PatchApplication
  private readonly requestRollback: RollbackApplication

  private readonly confirm: ConfirmDeletion

  constructor(patch: PatchApplication, requestRollback: RollbackApplication, confirm: ConfirmDeletion) {
    this.patch = patch
    this.requestRollback = requestRollback
    this.confirm = confirm
  }

  @Allow('applications:update')
  @Mutation(() => ApplicationPayloadType)
  patchApplication(@Caller() caller: Principal, @Args('input') input: PatchApplicationInput) {
    return payload(async () => {
      const { type, patch, generation } = input
      const seen = generation == null ? {} : { generation }
      const application = await this.patch.run(caller, { ...nameOf(input), type, patch, ...seen })
      return { application: toApplicationView({ application }) }
    })
  }

  @Allow('applications:update')
  @Mutation(() => ApplicationPayloadType, {
    description: 'Agrees to the deletions for which the operation that runs waits.',
  })
  confirmDeletion(@Caller() caller: Principal, @Args('input') input: ConfirmDeletionInput) {
    return payload(async () => {
      const operation = await this.confirm.run(caller, nameOf(input))
      return { operation: toOperationView(operation) }
    })
  }

  @Allow('applications:sync')
  @Mutation(() => ApplicationPayloadType)
  rollbackApplication(@Caller() caller: Principal, @Args('input') input: RollbackApplicationInput) {
    return payload(async () => {
      const operation = await this.requestRollback.run(caller, {
        name: nameOf(input),
        ...(input.number != null && { number: input.number }),
        prune: input.prune === true,
        dryRun: input.dryRun === true,
        confirmedPrune: input.confirmPrune === true,
        ...keyOf(input),
      })
      return { operation: toOperationView(operation) }
    })
  }
}
