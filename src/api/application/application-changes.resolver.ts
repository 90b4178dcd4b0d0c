import { Args, Resolver, Subscription } from '@nestjs/graphql'
import { ApplicationChanges } from '../../applications/application-changes.js'
import { GetApplication } from '../../applications/get-application.js'
import { Authenticate } from '../../login/authenticate.js'
import { Allow } from '../access-rule.js'
import { Ctx, type RequestContext } from '../request-context.js'
import { ApplicationChangesInput } from './application.input.js'
import { ApplicationChangeType, ApplicationType } from './application.type.js'
import { ChangeStream, type ChangeEvent } from './change-stream.js'

/** The live side of the list and the page of an application. */
@Resolver(() => ApplicationType)
export class ApplicationChangesResolver {
  private readonly changes: ApplicationChanges
  private readonly getApplication: GetApplication
  private readonly authenticate: Authenticate

  constructor(changes: ApplicationChanges, getApplication: GetApplication, authenticate: Authenticate) {
    this.changes = changes
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
      changes: this.changes,
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
