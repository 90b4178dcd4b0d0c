import type { InputOids } from '../engine/application/is-affected.js'
import { reasonOf, type AppError } from '../base/app-error.js'
import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import type { GitSource } from '../git/git-source.js'
import type { RenderStore } from '../store/directory-stores.js'
import type { Desired } from '../store/records.js'
import { failedDesired, failureOf } from './failed-desired.js'
import type { PlannedApplication, PlannedSource } from './plan-renders.js'
import type { RenderedSource, RenderSource } from './render-source.js'

export interface RenderRoundDeps {
  readonly renders: RenderStore
  readonly git: GitSource
  readonly renderSource: RenderSource
  readonly clock: Clock
  readonly logger: Logger
}

export interface Wish {
  readonly desired: Desired
  readonly failure?: AppError
}

const ROOT = ''

/** One pass over a plan: each distinct source is rendered once, however many applications share it. */
export class RenderRound {
  rendered = 0
  private readonly deps: RenderRoundDeps
  private readonly storedKeys: ReadonlySet<string>
  private readonly known = new Map<string, Promise<RenderedSource>>()
  private unsaved = new Map<string, Uint8Array>()

  constructor(deps: RenderRoundDeps, storedKeys: ReadonlySet<string>) {
    this.deps = deps
    this.storedKeys = storedKeys
  }

  /** What the application should be. A render that fails is the failure of this application, never of the others. */
  async wish(planned: PlannedApplication): Promise<Wish> {
    const { application, sources } = planned
    const revisions = sources.map(({ resolved }) => resolved.commit)
    const at = new Date(this.deps.clock.now()).toISOString()
    try {
      const rendered = await Promise.all(sources.map((source) => this.render(source)))
      const renderKeys = rendered.map(({ key }) => key)
      const inputs = rendered.map((source) => source.inputs)
      const { id, generation } = application
      return { desired: { applicationId: id, generation, revisions, renderKeys, inputs, updatedAt: at } }
    } catch (error) {
      const failure = failureOf(error)
      if (failure.code === 'INTERNAL') {
        this.deps.logger.error('Rendering failed unexpectedly', {
          application: application.id,
          reason: reasonOf(error),
        })
      }
      const inputs = await this.wholeRepositories(sources)
      return { desired: failedDesired(application, failure, { revisions, inputs, at }), failure }
    }
  }

  /** Stores what was rendered since the last time. */
  async flush(): Promise<void> {
    const renders = this.unsaved
    this.unsaved = new Map()
    if (renders.size > 0) await this.deps.renders.put(renders)
  }

  private render(planned: PlannedSource): Promise<RenderedSource> {
    if (this.storedKeys.has(planned.key)) return Promise.resolve(planned)
    const running = this.known.get(planned.key) ?? this.renderNew(planned)
    this.known.set(planned.key, running)
    return running
  }

  private async renderNew(planned: PlannedSource): Promise<RenderedSource> {
    const { sealed, ...rendered } = await this.deps.renderSource.run(planned.resolved)
    this.rendered += 1
    if (sealed !== undefined) this.unsaved.set(rendered.key, sealed)
    return rendered
  }

  /** After a failure any new commit is worth another try: what is to blame may lie outside the folder. */
  private async wholeRepositories(sources: readonly PlannedSource[]): Promise<readonly InputOids[]> {
    try {
      return await Promise.all(
        sources.map(async ({ resolved: { repositoryId, commit } }) => {
          const oids = await this.deps.git.treeHashes(repositoryId, commit, [ROOT])
          return { [ROOT]: oids.get(ROOT) ?? null }
        }),
      )
    } catch {
      return []
    }
  }
}
