import { Args, Mutation, Query, Resolver } from '@nestjs/graphql'
import { AppError } from '../../base/app-error.js'
import { ChangeCluster } from '../../clusters/change-cluster.js'
import { PauseWrites } from '../../clusters/pause-writes.js'
import { RotateCredential } from '../../clusters/rotate-credential.js'
import { problemText, type FieldProblem } from '../../engine/application/field-problem.js'
import { textMap } from '../../engine/application/read-fields.js'
import type { Principal } from '../../engine/access/principal.js'
import { Allow } from '../access-rule.js'
import { Caller } from '../request-context.js'
import { payload } from '../user-error.type.js'
import { withoutNulls } from '../without-nulls.js'
import {
  ChangeClusterInput,
  ClusterPayloadType,
  PauseWritesInput,
  PauseWritesPayloadType,
  RotateClusterCredentialInput,
  RotateClusterCredentialPayloadType,
  toClusterView,
} from './cluster.type.js'

/** The kill switch, and what else is said of a cluster. */
@Resolver()
export class PauseWritesResolver {
  private readonly pause: PauseWrites
  private readonly change: ChangeCluster
  private readonly rotate: RotateCredential

  constructor(pause: PauseWrites, change: ChangeCluster, rotate: RotateCredential) {
    this.pause = pause
    this.change = change
    this.rotate = rotate
  }

  @Allow('clusters:update')
  @Mutation(() => ClusterPayloadType)
  changeCluster(@Caller() caller: Principal, @Args('input') input: ChangeClusterInput) {
    const { cluster, project } = input
    return payload(async () => {
      const labels = textsOf('labels', input.labels)
      const annotations = textsOf('annotations', input.annotations)
      const wish = { cluster, ...(typeof project === 'string' && { project }), ...labels, ...annotations }
      return { cluster: toClusterView(await this.change.run(caller, wish)) }
    })
  }

  @Allow('clusters:update')
  @Mutation(() => RotateClusterCredentialPayloadType)
  rotateClusterCredential(@Caller() caller: Principal, @Args('input') input: RotateClusterCredentialInput) {
    return payload(async () => {
      const { cluster, ...told } = await this.rotate.run(caller, input.cluster)
      return { cluster: toClusterView(cluster), ...told }
    })
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

/** A map of texts under its name; nothing when it was left out. */
function textsOf(name: 'labels' | 'annotations', value: unknown) {
  if (value === undefined || value === null) return {}
  const problems: FieldProblem[] = []
  const texts = textMap(value, { path: name, problems })
  if (texts === undefined)
    throw new AppError('BAD_USER_INPUT', `Cannot change the cluster: ${problemText(problems)}`)
  return { [name]: texts }
}
