import { Args, Resolver, Subscription } from '@nestjs/graphql'
import { ApplicationChanges } from '../../applications/application-changes.js'
import { GetApplication } from '../../applications/get-application.js'
import type { Application } from '../../engine/application/application.js'
import { fitsLabels } from '../../engine/application/label-selector.js'
import { Authenticate } from '../../login/authenticate.js'
import { Allow } from '../access-rule.js'
import { Ctx, type RequestContext } from '../request-context.js'
import { filterOf } from './application-list.input.js'
import { ApplicationChangesArgs, type ApplicationChangesInput } from './application.input.js'
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
    @Ctx() { credential }: RequestContext,
    @Args() { filter, since }: ApplicationChangesArgs,
  ): AsyncIterableIterator<ChangeEvent> {
    return new ChangeStream({
      changes: this.changes,
      getApplication: this.getApplication,
      recheck: () => this.authenticate.run(credential),
      wants: wishOf(filter),
      since: since ?? undefined,
    })
  }
}

/** BAD_USER_INPUT when the selector is none. */
function wishOf(filter: ApplicationChangesInput | null | undefined): (application: Application) => boolean {
  const { project, selector, names } = filter ?? {}
  const { labels } = filterOf(selector == null ? null : { selector })
  const chosen = names == null ? undefined : new Set(names)
  return (application) =>
    (chosen === undefined || chosen.has(application.name)) &&
    (project == null || project === application.spec.project) &&
    fitsLabels(application.labels, labels ?? [])
}
