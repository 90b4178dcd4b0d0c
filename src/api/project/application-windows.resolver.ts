import { Parent, ResolveField, Resolver } from '@nestjs/graphql'
import { CheckSyncWindows } from '../../applications/check-sync-windows.js'
import { Cost, Inherits } from '../access-rule.js'
import { ApplicationType } from '../application/application.type.js'
import { ApplicationSyncWindowsType, toWindowsView } from './application-windows.type.js'

/** The sync windows of an application. */
@Resolver(() => ApplicationType)
export class ApplicationWindowsResolver {
  private readonly check: CheckSyncWindows

  constructor(check: CheckSyncWindows) {
    this.check = check
  }

  @Inherits()
  @Cost(5)
  @ResolveField(() => ApplicationSyncWindowsType, { description: 'What the project permits now.' })
  async syncWindows(@Parent() parent: ApplicationType): Promise<ApplicationSyncWindowsType> {
    return toWindowsView(await this.check.run(parent.row.application))
  }
}
