import { Field, ObjectType } from '@nestjs/graphql'
import type { SyncWindow } from '../../engine/project/project.js'
import type { ApplicationWindows } from '../../applications/check-sync-windows.js'
import { isoTime } from '../../base/calendar.js'
import { Inherits } from '../access-rule.js'
import { DateTimeScalar, JsonScalar } from '../scalars.js'

/** A sync window that counts for an application, as it is now. */
@Inherits()
@ObjectType('ApplicationSyncWindow')
export class ApplicationSyncWindowType {
  @Field(() => JsonScalar, { description: 'As the project declares it.' })
  window: SyncWindow

  @Field(() => Boolean)
  active: boolean

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it closes (of an active one) or opens.' })
  changesAt?: string
}

/** What the sync windows of the project permit now. */
@Inherits()
@ObjectType('ApplicationSyncWindows')
export class ApplicationSyncWindowsType {
  @Field(() => Boolean)
  canSyncAutomatically: boolean

  @Field(() => Boolean)
  canSyncManually: boolean

  @Field(() => String, { nullable: true, description: 'Why not, and when it opens again.' })
  why?: string

  @Field(() => [ApplicationSyncWindowType], { description: 'Those that count for it.' })
  windows: readonly ApplicationSyncWindowType[]
}

export function toWindowsView({ windows, ...verdict }: ApplicationWindows): ApplicationSyncWindowsType {
  return {
    ...verdict,
    windows: windows.map(({ changesAt, ...state }) => ({
      ...state,
      ...(changesAt === undefined ? {} : { changesAt: isoTime(changesAt) }),
    })),
  }
}
