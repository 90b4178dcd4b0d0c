import { Args, Mutation, Query, Resolver } from '@nestjs/graphql'
import { PauseWrites } from '../../clusters/pause-writes.js'
import type { Principal } from '../../engine/access/principal.js'
import { Allow } from '../access-rule.js'
import { Caller } from '../request-context.js'
import { payload } from '../user-error.type.js'
import { withoutNulls } from '../without-nulls.js'
import { PauseWritesInput, PauseWritesPayloadType, toClusterView } from './cluster.type.js'

/** The kill switch. */
@Resolver()
export class PauseWritesResolver {
  private readonly pause: PauseWrites

  constructor(pause: PauseWrites) {
    this.pause = pause
  }

  @Allow('clusters:get')
  @Query(() => Boolean, { description: 'An operator paused all writes to all clusters.' })
  writesPaused(): Promise<boolean> {
    return this.pause.allPaused()
  }

  @Allow('clusters:update')
  @Mutation(() => PauseWritesPayloadType)
  pauseWrites(@Caller() caller: Principal, @Args('input') input: PauseWritesInput) {
    return payload(async () => ({
      clusters: (await this.pause.run(caller, withoutNulls(input))).map(toClusterView),
    }))
  }
}
