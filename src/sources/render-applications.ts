import { crashPoint } from '../base/crash-point.js'
import type { Application } from '../engine/application/application.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { Desired, Fence } from '../store/records.js'
import { failedDesired, isFailureRedundant } from './failed-desired.js'
import type { PlanRenders, Resolved } from './plan-renders.js'
import { RenderRound, type RenderRoundDeps, type Wish } from './render-round.js'
import type { FreshRefs, ResolvedApplication, ResolveSources } from './resolve-sources.js'

export interface RenderApplicationsDeps extends RenderRoundDeps {
  readonly applications: ApplicationStore
  readonly resolve: ResolveSources
  readonly plan: PlanRenders
}

export interface RenderRequest {
  readonly applications: readonly Application[]
  readonly fresh: FreshRefs
  /** Render even what seems unchanged or is stored. */
  readonly force?: boolean
  /** Of whose turn this is. */
  readonly fence?: Fence | undefined
}

export interface RenderOutcome {
  readonly looked: number
  readonly rendered: number
  readonly saved: number
  /** Something failed that no input explains: look again after this time at these. */
  readonly retryAfterSeconds?: number
  readonly retry: ReadonlySet<string>
}

/** Renders are stored before the wishes that name them, a batch at a time: a crash loses at most one batch. */
const BATCH = 100
const CONCURRENCY = 8
const RETRY_SECONDS = 15

interface Saving {
  readonly before: ReadonlyMap<string, Desired>
  readonly fence: Fence | undefined
  saved: number
  readonly retry: Set<string>
}

/** From applications to stored renders: resolve, find out which are affected, render each distinct source once, save. */
export class RenderApplications {
  private readonly deps: RenderApplicationsDeps

  constructor(deps: RenderApplicationsDeps) {
    this.deps = deps
  }

  async run(request: RenderRequest): Promise<RenderOutcome> {
    const { resolve, plan, applications, logger } = this.deps
    crashPoint('S3:before')
    const resolved = await resolve.run(request.applications, request.fresh)
    crashPoint('S3:mid')
    const known = await applications.desiredMany(request.applications.map(({ id }) => id))
    const before = new Map(known.map((desired) => [desired.applicationId, desired]))
    const { affected, storedKeys } = await plan.run(
      resolved.filter(isResolved),
      before,
      request.force ?? false,
    )
    crashPoint('S3:after')
    const round = new RenderRound(this.deps, storedKeys)
    const saving: Saving = { before, fence: request.fence, saved: 0, retry: new Set() }
    const unresolved = resolved.flatMap((item) => this.unresolved(item))
    await this.save(unresolved, saving)
    for (let at = 0; at < affected.length; at += BATCH) {
      const wishes = await inParallel(affected.slice(at, at + BATCH), (planned) => round.wish(planned))
      await this.store(round, wishes, saving)
    }
    const outcome = { looked: resolved.length, rendered: round.rendered, saved: saving.saved }
    logger.debug('Rendered applications', outcome)
    const { retry } = saving
    return retry.size > 0 ? { ...outcome, retry, retryAfterSeconds: RETRY_SECONDS } : { ...outcome, retry }
  }

  /** First the renders, then the wishes that name them. */
  private async store(round: RenderRound, wishes: readonly Wish[], saving: Saving): Promise<void> {
    crashPoint('S6:before')
    await round.flush()
    crashPoint('S6:mid')
    await this.save(wishes, saving)
    crashPoint('S6:after')
  }

  private unresolved(item: ResolvedApplication): readonly Wish[] {
    if (isResolved(item)) return []
    const at = new Date(this.deps.clock.now()).toISOString()
    const { application, failure } = item
    return [{ desired: failedDesired(application, failure, { revisions: [], inputs: [], at }), failure }]
  }

  private async save(wishes: readonly Wish[], saving: Saving): Promise<void> {
    const { before, fence, retry } = saving
    const news = wishes.filter(
      ({ desired, failure }) =>
        failure === undefined || !isFailureRedundant(desired, failure, before.get(desired.applicationId)),
    )
    const desired = news.map((wish) => wish.desired)
    if (desired.length > 0) await this.deps.applications.saveDesired(desired, fence)
    saving.saved += news.length
    for (const wish of wishes) {
      const { failure } = wish
      if (failure !== undefined && failure.retry !== 'never') retry.add(wish.desired.applicationId)
    }
  }
}

function isResolved(item: ResolvedApplication): item is Resolved {
  return 'sources' in item
}

/** Reading one application from the mirror overlaps with parsing another. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) {
      const item = items[at]
      if (item !== undefined) results[at] = await work(item)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  return results
}
