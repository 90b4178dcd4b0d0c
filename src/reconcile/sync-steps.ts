import { reasonOf } from '../base/app-error.js'
import { crashPoint } from '../base/crash-point.js'
import { syncOptions } from '../engine/application/sync-options.js'
import { FIELD_MANAGER } from '../engine/diff/field-set.js'
import { parseResourceKey, type ResourceKey } from '../engine/manifest/resource-key.js'
import type { Application } from '../engine/application/application.js'
import type { Operation, Outcome, ResourceResult } from '../engine/sync/operation.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { ManagedObject } from '../store/records.js'
import { applyTarget, type AppliedTarget } from './apply-target.js'
import type { ClusterSession } from './cluster-session.js'
import type { ComparedTarget } from './comparison.js'
import { isVerdict } from './object-failure.js'
import type { SyncProgress } from './sync-progress.js'

export interface SyncStepsDeps {
  readonly applications: ApplicationStore
  readonly hmac: (text: string) => string
}

export interface SyncStepsContext {
  readonly application: Application
  readonly operation: Operation
  readonly session: ClusterSession
  readonly progress: SyncProgress
}

/** Executes single steps against the cluster and records what came of each object. */
export class SyncSteps {
  readonly #deps: SyncStepsDeps
  readonly #context: SyncStepsContext
  #prepared = false

  constructor(deps: SyncStepsDeps, context: SyncStepsContext) {
    this.#deps = deps
    this.#context = context
  }

  async run(kind: 'dryRun' | 'apply' | 'prune', keys: readonly string[]): Promise<void> {
    if (kind === 'dryRun') return this.#dryRun(keys)
    if (kind === 'prune') return this.#prune(keys)
    return this.#apply(keys)
  }

  async #dryRun(keys: readonly string[]): Promise<void> {
    const { progress, session } = this.#context
    await Promise.all(
      this.#targets(keys).map(async ([key, compared]) => {
        const { manifest } = compared.target
        try {
          if (!compared.target.missingKind)
            await session.cluster.apply(manifest, { dryRun: true, fieldManager: FIELD_MANAGER })
          progress.tried(key)
        } catch (error) {
          progress.failed(key, refused(compared, error))
        }
      }),
    )
    // Prunes are proven by the plan; there is nothing to try.
    for (const key of keys) if (!progress.targets.has(key)) progress.tried(key)
  }

  async #apply(keys: readonly string[]): Promise<void> {
    const { session } = this.#context
    const targets = this.#targets(keys)
    crashPoint('S11:before')
    await this.#prepare(targets.map(([, compared]) => compared))
    crashPoint('S11:prepared')
    const done = session.live.writing(targets.map(([, { target }]) => target.key))
    try {
      const applied = await Promise.all(targets.map(([key, compared]) => this.#applyOne(key, compared)))
      await this.#save(applied.filter((one) => one !== undefined))
      crashPoint('S11:after')
    } finally {
      done()
    }
    const fresh = targets.filter(([, { target }]) => target.missingKind)
    if (fresh.length > 0) await session.observe(fresh.map(([, { target }]) => target.key))
  }

  async #applyOne(key: string, compared: ComparedTarget): Promise<AppliedTarget | undefined> {
    const { application, operation, session, progress } = this.#context
    const validate = optionsOf(application, operation, compared).validate
    try {
      const context = { session, applicationId: application.id, hmac: this.#deps.hmac, validate }
      const applied = await applyTarget(compared, context)
      crashPoint('S11:mid')
      progress.applied(key, accepted(compared, applied))
      return applied
    } catch (error) {
      progress.failed(key, refused(compared, error))
      return undefined
    }
  }

  /** Before the first change: the records say which objects we are about to create, so that no crash forgets one. */
  async #prepare(targets: readonly ComparedTarget[]): Promise<void> {
    const { application, session } = this.#context
    if (targets.some(({ target }) => target.missingKind)) await session.cluster.catalog(true)
    const intents = targets
      .filter(({ target }) => session.forms.get(target.key)?.applicationId !== application.id)
      .map(({ target }): ManagedObject => ({
        ...target.key,
        applicationId: application.id,
        version: target.version,
      }))
    if (intents.length > 0) await this.#deps.applications.saveManaged(intents)
    if (!this.#prepared) await this.#createNamespace()
    this.#prepared = true
  }

  async #createNamespace(): Promise<void> {
    const { application, operation, session } = this.#context
    const name = application.spec.destination.namespace
    if (name === undefined || !optionsOf(application, operation).createNamespace) return
    const key: ResourceKey = { group: '', kind: 'Namespace', namespace: '', name }
    if ((await session.cluster.get(key)) !== undefined) return
    await session.cluster.apply(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      { fieldManager: FIELD_MANAGER },
    )
  }

  async #save(applied: readonly AppliedTarget[]): Promise<void> {
    const sets = new Map(applied.flatMap(({ newFieldSets }) => [...newFieldSets]))
    if (sets.size > 0) await this.#deps.applications.saveFieldSets(sets)
    if (applied.length > 0) await this.#deps.applications.saveManaged(applied.map(({ managed }) => managed))
  }

  async #prune(keys: readonly string[]): Promise<void> {
    const { progress, session } = this.#context
    const items = new Map(
      progress.plan.prune.flatMap((wave) => wave.items.map((item) => [item.key, item] as const)),
    )
    await Promise.all(
      keys.map(async (text) => {
        const item = items.get(text)
        const key = parseResourceKey(text)
        if (item === undefined || key === undefined) return
        const version = session.forms.get(key)?.version ?? ''
        try {
          crashPoint('S13:before')
          await session.cluster.delete(key, { uid: item.uid, propagation: item.propagation })
          crashPoint('S13:mid')
          session.live.deleting(key)
          progress.note(text, { ...key, version, outcome: 'pruned', status: 'Pruned', message: 'pruned' })
        } catch (error) {
          if (!isVerdict(error)) throw error
          progress.failed(text, {
            ...key,
            version,
            outcome: 'failed',
            status: 'SyncFailed',
            message: reasonOf(error),
          })
        }
      }),
    )
  }

  #targets(keys: readonly string[]): readonly (readonly [string, ComparedTarget])[] {
    return keys.flatMap((key) => {
      const compared = this.#context.progress.targets.get(key)
      return compared === undefined ? [] : [[key, compared] as const]
    })
  }
}

function optionsOf(application: Application, operation: Operation, compared?: ComparedTarget) {
  return syncOptions({
    application: application.spec.syncPolicy?.syncOptions ?? [],
    ...(operation.request.syncOptions && { operation: operation.request.syncOptions }),
    annotations: compared?.target.manifest.metadata.annotations ?? {},
  })
}

function accepted({ target }: ComparedTarget, applied: AppliedTarget): ResourceResult {
  const outcome: Outcome = applied.created ? 'created' : applied.changed ? 'configured' : 'unchanged'
  const message = [outcome, ...applied.warnings].join('; ')
  return { ...target.key, version: target.version, outcome, status: 'Synced', message }
}

/** A refusal of the object is its result; a cluster that does not answer leaves the operation open, to be observed again. */
function refused({ target }: ComparedTarget, error: unknown): ResourceResult {
  if (!isVerdict(error)) throw error
  const message = `${target.origin.file}:${target.origin.line}: ${reasonOf(error)}`
  return { ...target.key, version: target.version, outcome: 'failed', status: 'SyncFailed', message }
}
