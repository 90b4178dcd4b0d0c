import type { Application } from '../engine/application/application.js'
import { isAffected, type InputOids } from '../engine/application/is-affected.js'
import type { GitSource } from '../git/git-source.js'
import type { RenderStore } from '../store/directory-stores.js'
import type { Desired } from '../store/records.js'
import { isToRenderAnew } from '../store/render-anew.js'
import { InputTable } from './input-oids.js'
import { expectedInputPaths, type RenderSource } from './render-source.js'
import type { ResolvedApplication, ResolvedSource } from './resolve-sources.js'

/** A source and what its render will be called, if nothing outside its folder counts. */
export interface PlannedSource {
  readonly resolved: ResolvedSource
  readonly key: string
  readonly inputs: InputOids
}

export interface PlannedApplication {
  readonly application: Application
  readonly sources: readonly PlannedSource[]
}

export interface RenderPlan {
  readonly affected: readonly PlannedApplication[]
  /** Those of the planned keys that need no render. */
  readonly storedKeys: ReadonlySet<string>
}

export interface PlanRendersDeps {
  readonly git: GitSource
  readonly renders: RenderStore
  readonly renderSource: RenderSource
}

export type Resolved = Extract<ResolvedApplication, { readonly sources: unknown }>

/** Decides which applications are affected: one look at the trees for all of them, whatever their number. */
export class PlanRenders {
  private readonly deps: PlanRendersDeps
  /** Wishes whose keys this process has seen to be right, by application: only their inputs are compared then. */
  private readonly verified = new Map<string, string>()

  constructor(deps: PlanRendersDeps) {
    this.deps = deps
  }

  /** `force` takes all of them, and no stored render. */
  async run(
    resolved: readonly Resolved[],
    before: ReadonlyMap<string, Desired>,
    force: boolean,
  ): Promise<RenderPlan> {
    const table = new InputTable()
    for (const item of resolved) {
      for (const [index, source] of item.sources.entries()) {
        table.want(source, recordedPaths(before.get(item.application.id), index))
        table.want(source, expectedInputPaths(source))
      }
    }
    await table.load(this.deps.git)
    const affected = resolved
      .filter((item) => force || this.isAffected(item, before.get(item.application.id), table))
      .map((item) => this.planned(item, table))
    // A render that somebody wants anew is not taken from the store, whoever else shares it.
    const anew = new Set(
      affected.filter((item) => isToRenderAnew(before.get(item.application.id))).flatMap(keysOf),
    )
    const keys = affected.flatMap(keysOf).filter((key) => !anew.has(key))
    const storedKeys =
      force || keys.length === 0 ? new Set<string>() : await this.deps.renders.has([...new Set(keys)])
    return { affected, storedKeys }
  }

  private isAffected(item: Resolved, before: Desired | undefined, table: InputTable): boolean {
    const { id, generation } = item.application
    const inputs = item.sources.map((source, index) => table.oids(source, recordedPaths(before, index)))
    if (before !== undefined && this.verified.get(id) === before.updatedAt) {
      return isAffected(before, { generation, inputs })
    }
    const renderKeys = item.sources.map((source, index) =>
      this.deps.renderSource.key(source, inputs[index] ?? {}),
    )
    const answer = isAffected(before, { generation, inputs, renderKeys })
    if (before !== undefined && !answer) this.verified.set(id, before.updatedAt)
    return answer
  }

  private planned({ application, sources }: Resolved, table: InputTable): PlannedApplication {
    return {
      application,
      sources: sources.map((resolved) => {
        const inputs = table.oids(resolved, expectedInputPaths(resolved))
        return { resolved, inputs, key: this.deps.renderSource.key(resolved, inputs) }
      }),
    }
  }
}

function keysOf({ sources }: PlannedApplication): readonly string[] {
  return sources.map(({ key }) => key)
}

function recordedPaths(before: Desired | undefined, index: number): readonly string[] {
  return Object.keys(before?.inputs[index] ?? {})
}
