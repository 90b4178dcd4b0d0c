import { AppError, reasonOf } from '../base/app-error.js'
import { crashPoint } from '../base/crash-point.js'
import { FIELD_MANAGER } from '../engine/diff/field-set.js'
import { findKind, type ApiCatalog } from '../engine/manifest/api-catalog.js'
import { parseResourceKey, type ResourceKey } from '../engine/manifest/resource-key.js'
import type { Application } from '../engine/application/application.js'
import { applyMode, isImmutableRefusal, mayRecreate } from '../engine/sync/apply-mode.js'
import type { Operation, Outcome, ResourceResult } from '../engine/sync/operation.js'
import { batchContent } from '../engine/sync/step-log.js'
import type { PruneItem } from '../engine/sync/sync-plan.js'
import type { Clock } from '../base/clock.js'
import type { ApplicationStore } from '../store/application-store.js'
import type { Fence } from '../store/records.js'
import { applyTarget, type AppliedTarget } from './apply-target.js'
import type { ClusterSession } from './cluster-session.js'
import type { ComparedTarget } from './comparison.js'
import { intentsOf } from './intents.js'
import { isNotFound, isVerdict } from './object-failure.js'
import type { OperationLog } from './operation-log.js'
import { optionsOf } from './refuse-sync.js'
import type { SyncProgress } from './sync-progress.js'
import { writeObject } from './write-object.js'

export interface SyncStepsDeps {
  readonly applications: ApplicationStore
  readonly hmac: (text: string) => string
  readonly clock: Clock
}

export interface SyncStepsContext {
  readonly application: Application
  readonly operation: Operation
  readonly session: ClusterSession
  readonly progress: SyncProgress
  readonly log: OperationLog
  readonly fence: Fence | undefined
}

type KeyedTarget = readonly [string, ComparedTarget]

/** Executes single steps against the cluster and notes what came of each object. */
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
    const { progress, log } = this.#context
    const results = await Promise.all(this.#targets(keys).map((target) => this.#tryOne(target)))
    // Prunes are proven by the plan; there is nothing to try.
    for (const key of keys) if (!progress.targets.has(key)) progress.tried(key)
    const failed = results.filter((result) => result !== undefined)
    log.note('dryRun', { tried: keys.length, failed: failed.length })
  }

  async #tryOne([key, compared]: KeyedTarget): Promise<ResourceResult | undefined> {
    const { progress } = this.#context
    const { manifest, missingKind } = compared.target
    const facts = this.#factsOf(compared)
    try {
      // Nothing can be tried of an object that is not there when it is created.
      if (!missingKind && applyMode(facts) !== 'recreate')
        await writeObject(manifest, { ...this.#writeWish(compared), dryRun: true })
      progress.tried(key)
      return undefined
    } catch (error) {
      if (mayRecreate(facts) && isImmutableRefusal(reasonOf(error))) {
        progress.tried(key)
        return undefined
      }
      const result = refused(compared, error)
      progress.failed(key, result)
      return result
    }
  }

  async #apply(keys: readonly string[]): Promise<void> {
    const { session } = this.#context
    const targets = this.#targets(keys)
    crashPoint('S11:before')
    await this.#prepare(targets)
    crashPoint('S11:prepared')
    const done = session.live.writing(targets.map(([, { target }]) => target.key))
    try {
      await this.#applyAll(targets)
      crashPoint('S11:after')
    } finally {
      done()
    }
    const fresh = targets.filter(([, { target }]) => target.missingKind)
    if (fresh.length === 0) return
    const catalog = await session.cluster.catalog()
    // A kind that did not come cannot be watched, and would make the cluster look unseen.
    await session.observe(fresh.flatMap(([, { target }]) => (isServed(catalog, target) ? [target.key] : [])))
  }

  /** What the cluster did not answer is thrown, after all that it did answer is noted. */
  async #applyAll(targets: readonly KeyedTarget[]): Promise<void> {
    const settled = await Promise.allSettled(targets.map((target) => this.#applyOne(target)))
    const done = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const applied = done.flatMap((one) => one.applied ?? [])
    await this.#saveFieldSets(applied)
    const managed = applied.map((one) => one.managed)
    this.#context.log.applied(managed, batchContent(done.map(({ result }) => result)))
    const broken = settled.find((one) => one.status === 'rejected')
    if (broken !== undefined) throw broken.reason
  }

  async #applyOne([key, compared]: KeyedTarget): Promise<{
    readonly result: ResourceResult
    readonly applied?: AppliedTarget
  }> {
    const { application, progress } = this.#context
    const facts = this.#factsOf(compared)
    try {
      const applied = await applyTarget(compared, {
        ...this.#writeWish(compared),
        applicationId: application.id,
        hmac: this.#deps.hmac,
        now: this.#deps.clock.now(),
        mode: applyMode(facts),
        mayRecreate: mayRecreate(facts),
      })
      crashPoint('S11:mid')
      const result = accepted(compared, applied)
      progress.applied(key, result)
      return { result, applied }
    } catch (error) {
      const result = refused(compared, error)
      progress.failed(key, result)
      return { result }
    }
  }

  #writeWish(compared: ComparedTarget) {
    const { application, session } = this.#context
    const ignored = application.spec.ignoreDifferences ?? []
    return { session, ignored, options: optionsOf(this.#context, compared) }
  }

  #factsOf(compared: ComparedTarget) {
    return {
      kind: compared.target.key,
      options: optionsOf(this.#context, compared),
      force: this.#context.operation.request.force,
      exists: compared.live !== undefined,
    }
  }

  /** Before the first change: the records say which objects we are about to create, so that no crash forgets one. */
  async #prepare(targets: readonly KeyedTarget[]): Promise<void> {
    const { session, fence, progress } = this.#context
    const catalog = await this.#lookAgain(targets)
    const facts = { ...this.#context, plan: progress.plan, targets: progress.targets }
    // Nothing can be created of a kind that did not come; and what is on record is watched.
    const coming = targets.filter(
      ([, { target }]) => target.hoped !== true || catalog === undefined || isServed(catalog, target),
    )
    const intents = intentsOf(
      coming.map(([key]) => key),
      facts,
    )
    if (intents.length > 0) await this.#deps.applications.saveManaged(intents, fence)
    for (const intent of intents) session.forms.set(intent)
    if (!this.#prepared) await this.#createNamespace()
    this.#prepared = true
  }

  /**
   * What was planned before its kind was served stood on what its definition says, or on a guess: of another scope it is
   * another object, with other rules in the project, so everything is compared again.
   */
  async #lookAgain(targets: readonly KeyedTarget[]): Promise<ApiCatalog | undefined> {
    const { cluster } = this.#context.session
    const missing = targets.filter(([, { target }]) => target.missingKind)
    if (missing.length === 0) return undefined
    const catalog = await cluster.catalog(true)
    for (const [, { target }] of missing) {
      const kind = findKind(catalog, target.key)
      if (kind === undefined || kind === 'unknown' || kind.namespaced === (target.key.namespace !== ''))
        continue
      const scope = kind.namespaced ? 'is namespaced' : 'is cluster-scoped'
      throw new AppError(
        'CONFLICT',
        `${kind.kind} is served now and ${scope}, unlike it was planned. It is compared again by itself.`,
        { retry: 'backoff' },
      )
    }
    return catalog
  }

  async #createNamespace(): Promise<void> {
    const { application, session } = this.#context
    const name = application.spec.destination.namespace
    if (name === undefined || !optionsOf(this.#context).createNamespace) return
    const key: ResourceKey = { group: '', kind: 'Namespace', namespace: '', name }
    if ((await session.cluster.get(key)) !== undefined) return
    await session.cluster.apply(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      { fieldManager: FIELD_MANAGER },
    )
  }

  /** Before the objects that refer to them. */
  async #saveFieldSets(applied: readonly AppliedTarget[]): Promise<void> {
    const sets = new Map(applied.flatMap(({ newFieldSets }) => [...newFieldSets]))
    if (sets.size > 0) await this.#deps.applications.saveFieldSets(sets)
  }

  async #prune(keys: readonly string[]): Promise<void> {
    const items = new Map(
      this.#context.progress.plan.prune.flatMap((wave) =>
        wave.items.map((item) => [item.key, item] as const),
      ),
    )
    const wanted = keys.flatMap((key) => items.get(key) ?? [])
    const settled = await Promise.allSettled(wanted.map((item) => this.#pruneOne(item)))
    const results = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    this.#context.log.note('pruned', batchContent(results))
    const broken = settled.find((one) => one.status === 'rejected')
    if (broken !== undefined) throw broken.reason
  }

  async #pruneOne({ key: text, uid, propagation }: PruneItem): Promise<ResourceResult> {
    const { progress, session } = this.#context
    const key = parseResourceKey(text)
    if (key === undefined) throw new AppError('INTERNAL', `The plan prunes "${text}", which is no key.`)
    const version = session.forms.get(key)?.version ?? ''
    try {
      crashPoint('S13:before')
      await session.cluster.delete(key, { uid, propagation })
      crashPoint('S13:mid')
      session.live.deleting(key)
      const pruned = { outcome: 'pruned', status: 'Pruned', message: 'pruned' } as const
      const result: ResourceResult = { ...key, version, ...pruned }
      progress.note(text, result)
      return result
    } catch (error) {
      if (!isVerdict(error)) throw error
      const failed = { outcome: 'failed', status: 'SyncFailed', message: reasonOf(error) } as const
      const result: ResourceResult = { ...key, version, ...failed }
      progress.failed(text, result)
      return result
    }
  }

  #targets(keys: readonly string[]): readonly KeyedTarget[] {
    return keys.flatMap((key) => {
      const compared = this.#context.progress.targets.get(key)
      return compared === undefined ? [] : [[key, compared] as const]
    })
  }
}

function isServed(catalog: ApiCatalog, { key }: ComparedTarget['target']): boolean {
  const kind = findKind(catalog, key)
  return kind !== undefined && kind !== 'unknown'
}

function accepted({ target }: ComparedTarget, applied: AppliedTarget): ResourceResult {
  const outcome: Outcome = applied.created ? 'created' : applied.changed ? 'configured' : 'unchanged'
  const message = [outcome, ...applied.notes, ...applied.warnings].join('; ')
  return { ...target.key, version: target.version, outcome, status: 'Synced', message }
}

/** A refusal of the object is its result; a cluster that does not answer leaves the operation open, to be observed again. */
function refused({ target }: ComparedTarget, error: unknown): ResourceResult {
  const isComing = target.missingKind && target.hoped !== true
  if (!isVerdict(error) || (isComing && isNotFound(error))) throw error
  const message = `${target.origin.file}:${target.origin.line}: ${reasonOf(error)}`
  return { ...target.key, version: target.version, outcome: 'failed', status: 'SyncFailed', message }
}
