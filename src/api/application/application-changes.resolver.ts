import { Args, Resolver, Subscription } from '@nestjs/graphql'
import { GetApplication } from '../../applications/get-application.js'
import { EventBus } from '../../events/event-bus.js'
import { Authenticate } from '../../login/authenticate.js'
import { Allow } from '../access-rule.js'
import { Ctx, type RequestContext } from '../request-context.js'
import { ApplicationChangesInput } from './application.input.js'
import { ApplicationChangeType, ApplicationType } from './application.type.js'
import { ChangeStream, type ChangeEvent } from './change-stream.js'

/** The live side of the list and the page of an application. */
@Resolver(() => ApplicationType)
export class ApplicationChangesResolver {
  private readonly eventBus: EventBus
  private readonly getApplication: GetApplication
  private readonly authenticate: Authenticate

  constructor(eventBus: EventBus, getApplication: GetApplication, authenticate: Authenticate) {
    this.eventBus = eventBus
    this.getApplication = getApplication
    this.authenticate = authenticate
  }

  @Allow('applications:get')
  @Subscription(() => ApplicationChangeType)
  applicationChanged(
    @Ctx() context: RequestContext,
    @Args('filter', { type: () => ApplicationChangesInput, nullable: true })
    filter?: ApplicationChangesInput | null,
  ): AsyncIterableIterator<ChangeEvent> {
    const { credential } = context
    return new ChangeStream({
      eventBus: this.eventBus,
      getApplication: this.getApplication,
      recheck: () => this.authenticate.run(credential),
      wants: (change) => wanted(filter, change),
    })
  }
}

function wanted(filter: ApplicationChangesInput | null | undefined, change: ApplicationChangeType): boolean {
  const { application } = change
  if (application === undefined) return true
  if (filter?.names != null && !filter.names.includes(application.name)) return false
  return filter?.project == null || filter.project === application.project
}
