import { Args, Mutation, Resolver } from '@nestjs/graphql'
import {
  ChangeApplications,
  type ApplicationOutcome,
  type ApplicationsWish,
} from '../../applications/change-applications.js'
import type { ApplicationChoice } from '../../applications/select-applications.js'
import { AppError } from '../../base/app-error.js'
import type { Principal } from '../../engine/access/principal.js'
import { Allow, Cost } from '../access-rule.js'
import { Caller } from '../request-context.js'
import { payload, withDenials, type AnsweredDenial } from '../user-error.type.js'
import { filterOf } from './application-list.input.js'
import { keyOf, nameOf, syncRequestOf } from './application-names.js'
import {
  DeleteApplicationsInput,
  RefreshApplicationsInput,
  SyncApplicationsInput,
  type ApplicationChoiceInput,
} from './applications-change.input.js'
import { ApplicationsPayloadType, toOutcomeView } from './applications-change.type.js'

/** One request for many applications; each is permitted, recorded and answered by itself. */
@Resolver()
export class ApplicationsChangeResolver {
  private readonly changes: ChangeApplications

  constructor(changes: ChangeApplications) {
    this.changes = changes
  }

  @Allow('applications:sync')
  @Cost(200)
  @Mutation(() => ApplicationsPayloadType)
  syncApplications(@Caller() caller: Principal, @Args('input') input: SyncApplicationsInput) {
    return this.run(caller, () => ({
      kind: 'sync',
      request: syncRequestOf(input),
      choice: choiceOf(input.choice),
      ...keyOf(input),
    }))
  }

  @Allow('applications:get')
  @Cost(200)
  @Mutation(() => ApplicationsPayloadType)
  refreshApplications(@Caller() caller: Principal, @Args('input') input: RefreshApplicationsInput) {
    return this.run(caller, () => ({
      kind: 'refresh',
      hard: input.hard === true,
      choice: choiceOf(input.choice),
    }))
  }

  @Allow('applications:delete')
  @Cost(200)
  @Mutation(() => ApplicationsPayloadType)
  deleteApplications(@Caller() caller: Principal, @Args('input') input: DeleteApplicationsInput) {
    return this.run(caller, () => ({
      kind: 'delete',
      cascade: input.cascade ?? true,
      propagation: input.propagation ?? 'foreground',
      choice: choiceOf(input.choice),
      ...keyOf(input),
    }))
  }

  private run(caller: Principal, wish: () => ApplicationsWish) {
    return payload(async () => {
      const outcomes = await this.changes.run(caller, wish())
      return withDenials({ outcomes: outcomes.map(toOutcomeView) }, outcomes.flatMap(denialOf))
    })
  }
}

/** Each is refused by itself, and so it is told to the audit trail. */
function denialOf({ namespace, name, failure }: ApplicationOutcome): readonly AnsweredDenial[] {
  return failure === undefined ? [] : [{ error: failure, object: `application/${namespace}/${name}` }]
}

function choiceOf({ names, filter, expected }: ApplicationChoiceInput): ApplicationChoice {
  if ((names == null) === (filter == null))
    throw new AppError('BAD_USER_INPUT', 'Choose applications either by "names" or by "filter".')
  return {
    ...(names != null && { names: names.map(nameOf) }),
    ...(filter != null && { filter: filterOf(filter) }),
    ...(expected != null && { expected }),
  }
}
