import { resourceKeyText, type ResourceKey } from '../engine/manifest/resource-key.js'
import type { Operation, ResourceResult } from '../engine/sync/operation.js'
import type { Observed } from '../engine/sync/next-step.js'
import type { Recalled } from '../engine/sync/step-log.js'
import type { SyncPlan } from '../engine/sync/sync-plan.js'
import type { ClusterSession } from './cluster-session.js'
import { byKey, type ComparedTarget, type Comparison } from './comparison.js'
import type { OperationLog } from './operation-log.js'

/**
 * What has been seen of one operation. After a crash it starts again from the cluster and the step log: an object that
 * has the declared form counts as applied, and so does one that was applied for this plan and is there, although
 * something in the cluster changes it back; one that is not there counts as gone.
 */
export class SyncProgress {
  readonly plan: SyncPlan
  readonly targets: ReadonlyMap<string, ComparedTarget>
  readonly #session: ClusterSession
  readonly #applied = new Set<string>()
  readonly #dryRun = new Set<string>()
  readonly #failed = new Map<string, string>()
  readonly #results: Map<string, ResourceResult>
  readonly #uids: ReadonlyMap<string, string>
  #wave: string | undefined

  constructor(
    plan: SyncPlan,
    facts: {
      readonly operation: Operation
      readonly comparison: Comparison
      readonly session: ClusterSession
      readonly recalled: Recalled
    },
  ) {
    const { operation, comparison, session, recalled } = facts
    this.plan = plan
    this.#session = session
    this.targets = byKey(comparison)
    this.#uids = new Map(plan.prune.flatMap(({ items }) => items.map(({ key, uid }) => [key, uid] as const)))
    const kept = operation.results.filter(({ outcome }) => outcome !== 'failed')
    this.#results = new Map([
      ...kept.map((result) => [resourceKeyText(result), result] as const),
      ...recalled.results,
    ])
    for (const [text, { state }] of this.targets) {
      if (state === 'inSync' || (state === 'outOfSync' && recalled.applied.has(text))) this.#applied.add(text)
    }
    if (recalled.dryRunDone) for (const key of plan.dryRun) this.#dryRun.add(key)
  }

  /** Notes the beginning of a wave, once; false when it began before. */
  enterWave(keys: readonly string[], log: OperationLog): boolean {
    const [first = ''] = keys
    const found = this.plan.waves.find(({ groups }) => groups.some((group) => group.keys.includes(first)))
    const name = found === undefined ? undefined : `${found.phase} ${found.wave}`
    if (found === undefined || name === this.#wave) return false
    this.#wave = name
    log.note('waveStarted', { phase: found.phase, wave: found.wave })
    return true
  }

  /** What the plan left out, and why. */
  noteSkipped({ extras }: Comparison): void {
    for (const { key, reason: message } of this.plan.skipped) {
      const object = extras.find((extra) => resourceKeyText(extra.object) === key)?.object
      if (object === undefined) continue
      const { group, kind, namespace, name, version } = object
      const result = { outcome: 'skipped', status: 'PruneSkipped', message } as const
      this.note(key, { group, kind, namespace, name, version, ...result })
    }
  }

  applied(key: string, result: ResourceResult): void {
    this.#applied.add(key)
    this.#results.set(key, result)
  }

  tried(key: string): void {
    this.#dryRun.add(key)
  }

  failed(key: string, result: ResourceResult): void {
    this.#failed.set(key, result.message)
    this.#results.set(key, result)
  }

  note(key: string, result: ResourceResult): void {
    this.#results.set(key, result)
  }

  /** In plan order: waves, prunes, what was left out; targets that needed nothing are `unchanged`. */
  results(): readonly ResourceResult[] {
    const planned = this.plan.waves.flatMap(({ groups }) => groups.flatMap(({ keys }) => keys))
    for (const key of planned) if (this.#applied.has(key) && !this.#results.has(key)) this.#unchanged(key)
    const inOrder = planned.flatMap((key) => this.#results.get(key) ?? [])
    const told = new Set(planned)
    return [...inOrder, ...[...this.#results].flatMap(([key, result]) => (told.has(key) ? [] : [result]))]
  }

  observed(): Observed {
    const healthy = new Set<string>()
    const degraded = new Map<string, string>()
    for (const [text, { target }] of this.targets) this.#judgeHealth(text, target.key, { healthy, degraded })
    const gone = new Set<string>()
    const pruning = new Set<string>()
    for (const [key, uid] of this.#uids) this.#judgePrune(key, uid, { gone, pruning })
    return {
      applied: this.#applied,
      dryRun: this.#dryRun,
      failed: this.#failed,
      terminated: false,
      healthy,
      degraded,
      gone,
      pruning,
    }
  }

  #judgeHealth(
    text: string,
    key: ResourceKey,
    into: { readonly healthy: Set<string>; readonly degraded: Map<string, string> },
  ): void {
    const live = this.#session.live.get(key)
    if (live === undefined) return
    if (live.health === undefined || live.health.status === 'Healthy') into.healthy.add(text)
    if (live.health?.status === 'Degraded') into.degraded.set(text, live.health.message ?? 'it is Degraded')
  }

  #judgePrune(
    key: string,
    uid: string,
    into: { readonly gone: Set<string>; readonly pruning: Set<string> },
  ): void {
    const live = this.#session.live.byText(key)
    if (live === undefined || live.uid !== uid) into.gone.add(key)
    else if (live.deleting) into.pruning.add(key)
  }

  #unchanged(key: string): void {
    const target = this.targets.get(key)?.target
    if (target === undefined) return
    const result = { outcome: 'unchanged', status: 'Synced', message: 'unchanged' } as const
    this.#results.set(key, { ...target.key, version: target.version, ...result })
  }
}
