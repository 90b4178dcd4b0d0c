import { groupKindText, resourceKeyText } from '../manifest/resource-key.js'
import { blastRadius, DEFAULT_PRUNE_LIMITS, mayPrune, type PruneContext } from './inventory.js'
import { orderWaves } from './order-waves.js'
import type {
  InventoryItem,
  PlanInput,
  PlanWave,
  PruneWave,
  Skipped,
  SyncPlan,
  SyncTarget,
} from './sync-plan.js'

/**
 * Decides what a sync does, from declared and live state alone (contract 1.4, design 4.4 and 6). The plan is data:
 * `nextStep` walks through it, whoever executes may die at any point and plan again.
 */
export function planSync(input: PlanInput): SyncPlan {
  const targets = withoutRepeats(input.targets)
  const selected = selection(input)
  const applied = targets.filter(
    (target) => selected(resourceKeyText(target.key)) && mustApply(target, input),
  )
  const waves = input.renderComplete ? orderWaves(applied) : []
  const pruning = planPrune(input, targets, selected)
  const prune = input.request.dryRun ? [] : pruneWaves(pruning.items, waves)
  const waitForHealth = waves.length > 1 || prune.length > 0
  return {
    dryRun: mustDryRun(input, waitForHealth) ? dryRunKeys(waves, targets) : [],
    dryRunOnly: input.request.dryRun,
    waves,
    prune,
    unconfirmed: input.request.dryRun ? [] : unconfirmed(input, pruning.items),
    waitForHealth,
    skipped: pruning.skipped,
    forgotten: pruning.forgotten,
    ...blocked(input, pruning.items),
  }
}

/** Of objects that are declared twice, the last one counts (contract 1.1, multi-source). */
function withoutRepeats(targets: readonly SyncTarget[]): readonly SyncTarget[] {
  return [...new Map(targets.map((target) => [resourceKeyText(target.key), target])).values()]
}

/** Selective sync names objects one by one, with their namespace. */
function selection(input: PlanInput): (key: string) => boolean {
  if (input.request.resources === undefined) return () => true
  const wanted = new Set(input.request.resources.map(resourceKeyText))
  return (key) => wanted.has(key)
}

function mustApply(target: SyncTarget, input: PlanInput): boolean {
  return !input.options.applyOutOfSyncOnly || target.state !== 'inSync'
}

interface PrunePlan {
  readonly items: readonly LivingItem[]
  readonly skipped: readonly Skipped[]
  readonly forgotten: readonly string[]
}

type LivingItem = InventoryItem & { readonly live: Exclude<InventoryItem['live'], 'unknown' | undefined> }

function isLiving(item: InventoryItem): item is LivingItem {
  return item.live !== undefined && item.live !== 'unknown'
}

function planPrune(
  input: PlanInput,
  targets: readonly SyncTarget[],
  selected: (key: string) => boolean,
): PrunePlan {
  const context: PruneContext = {
    targets: new Set(targets.map((target) => resourceKeyText(target.key))),
    renderComplete: input.renderComplete,
    requested: input.request.prune,
    allowEmpty: input.allowEmpty,
  }
  const items: LivingItem[] = []
  const skipped: Skipped[] = []
  const forgotten: string[] = []
  for (const item of input.inventory) {
    const key = resourceKeyText(item.key)
    if (context.targets.has(key) || !selected(key)) continue
    const refusal = mayPrune(item, context)
    if (refusal === undefined && isLiving(item)) items.push(item)
    else if (item.live === undefined && input.renderComplete) forgotten.push(key)
    else skipped.push({ key, reason: refusal ?? 'It was not read.' })
  }
  return { items, skipped, forgotten }
}

/** `Prune=confirm`: nothing is pruned before a person agrees. */
function unconfirmed({ request, approved }: PlanInput, items: readonly LivingItem[]): readonly string[] {
  if (request.confirmedPrune || approved === true) return []
  return items.filter(({ live }) => live.options.prune === 'confirm').map(({ key }) => resourceKeyText(key))
}

/** Highest wave first; what asks for PruneLast goes in one wave after all others. */
function pruneWaves(items: readonly LivingItem[], waves: readonly PlanWave[]): readonly PruneWave[] {
  const last = Math.max(0, ...waves.map((wave) => wave.wave), ...items.map((item) => item.live.wave)) + 1
  const early = items.filter((item) => !item.live.options.pruneLast)
  const late = items.filter((item) => item.live.options.pruneLast)
  const numbers = [...new Set(early.map((item) => item.live.wave))].sort((a, b) => b - a)
  return [
    ...numbers.map((wave) =>
      pruneWave(
        wave,
        early.filter((item) => item.live.wave === wave),
      ),
    ),
    ...(late.length > 0 ? [pruneWave(last, late)] : []),
  ]
}

function pruneWave(wave: number, items: readonly LivingItem[]): PruneWave {
  return {
    wave,
    items: items
      .map(({ key, live }) => ({
        key: resourceKeyText(key),
        uid: live.uid,
        propagation: live.options.prunePropagation,
      }))
      .sort((a, b) => (a.key < b.key ? -1 : 1)),
  }
}

function blocked(input: PlanInput, items: readonly LivingItem[]): Pick<SyncPlan, 'blocked'> {
  if (!input.renderComplete) {
    return {
      blocked: { reason: 'The manifests could not be rendered completely; nothing was changed.', keys: [] },
    }
  }
  if (input.request.confirmedPrune || input.request.dryRun) return {}
  const total = input.inventory.filter((item) => item.live !== undefined).length
  const allowAll = input.allowEmpty && input.targets.length === 0
  const reason = blastRadius(
    { pruned: items.length, total },
    input.pruneLimits ?? DEFAULT_PRUNE_LIMITS,
    allowAll,
  )
  return reason === undefined
    ? {}
    : { blocked: { reason, keys: items.map((item) => resourceKeyText(item.key)).sort() } }
}

function mustDryRun(input: PlanInput, risky: boolean): boolean {
  if (input.request.dryRun) return true
  const mode = input.dryRunFirst ?? 'auto'
  return mode === 'always' || (mode === 'auto' && risky)
}

/** All that is applied, but for objects whose kind or namespace only this very sync brings: no server could judge them. */
function dryRunKeys(waves: readonly PlanWave[], targets: readonly SyncTarget[]): readonly string[] {
  const byKey = new Map(targets.map((target) => [resourceKeyText(target.key), target]))
  const applied = waves.flatMap((wave) => wave.groups.flatMap((group) => group.keys))
  const kinds = new Set<string>()
  const namespaces = new Set<string>()
  for (const key of applied) {
    const target = byKey.get(key)
    if (target?.state !== 'missing') continue
    if (target.defines !== undefined) kinds.add(groupKindText(target.defines))
    if (target.key.group === '' && target.key.kind === 'Namespace') namespaces.add(target.key.name)
  }
  return applied.filter((key) => {
    const target = byKey.get(key)
    if (target === undefined || namespaces.has(target.key.namespace)) return false
    return (
      !target.missingKind ||
      !(target.options.skipDryRunOnMissingResource || kinds.has(groupKindText(target.key)))
    )
  })
}
