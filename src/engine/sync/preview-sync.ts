import { parseResourceKey, resourceKeyText, type ResourceKey } from '../manifest/resource-key.js'
import { applyMode, mayRecreate } from './apply-mode.js'
import { previewDangers } from './preview-dangers.js'
import type { InventoryItem, PlanInput, SyncPlan, SyncTarget } from './sync-plan.js'
import type { PreviewedObject, SyncBlock, SyncPreview, TouchedKind } from './sync-preview.js'

export type PlanPreview = Pick<SyncPreview, 'objects' | 'blocks' | 'touched' | 'dangers'>

/**
 * What the plan that was made of this input would do: the same plan that a sync walks through, told in advance.
 * `before` is what is made beside the plan, as the namespace of `CreateNamespace=true`.
 */
export function previewSync(
  plan: SyncPlan,
  input: PlanInput,
  before: readonly PreviewedObject[] = [],
): PlanPreview {
  const objects = [
    ...before,
    ...appliedObjects(plan, input),
    ...prunedObjects(plan, input),
    ...skippedObjects(plan, input),
  ]
  return {
    objects,
    blocks: blocksOf(plan, input),
    touched: touchedKinds(objects),
    dangers: previewDangers(objects),
  }
}

function appliedObjects(plan: SyncPlan, input: PlanInput): readonly PreviewedObject[] {
  const targets = new Map(input.targets.map((target) => [resourceKeyText(target.key), target]))
  return plan.waves
    .flatMap(({ groups }) => groups.flatMap(({ keys }) => keys))
    .flatMap((key) => targets.get(key) ?? [])
    .map((target) => appliedObject(target, input))
}

function appliedObject({ key, version, state, options }: SyncTarget, input: PlanInput): PreviewedObject {
  if (state === 'inSync') return { ...key, version, outcome: 'unchanged' }
  const facts = { kind: key, options, force: input.request.force, exists: state !== 'missing' }
  const mode = applyMode(facts)
  if (state === 'missing') return { ...key, version, outcome: 'created', mode }
  if (mode === 'recreate')
    return { ...key, version, outcome: 'created', mode, reason: 'It is deleted first.' }
  const reason = 'It is deleted and created again if the server says that the change is impossible.'
  return { ...key, version, outcome: 'configured', mode, ...(mayRecreate(facts) && { reason }) }
}

function prunedObjects(plan: SyncPlan, input: PlanInput): readonly PreviewedObject[] {
  const versions = versionsOf(input.inventory)
  return plan.prune
    .flatMap(({ items }) => items)
    .flatMap(({ key }) => {
      const parsed = parseResourceKey(key)
      if (parsed === undefined) return []
      return [{ ...parsed, version: versions.get(key) ?? '', outcome: 'pruned' as const }]
    })
}

function skippedObjects(plan: SyncPlan, input: PlanInput): readonly PreviewedObject[] {
  const versions = versionsOf(input.inventory)
  return plan.skipped.flatMap(({ key, reason }) => {
    const parsed = parseResourceKey(key)
    if (parsed === undefined) return []
    return [{ ...parsed, version: versions.get(key) ?? '', outcome: 'skipped' as const, reason }]
  })
}

function versionsOf(inventory: readonly InventoryItem[]): ReadonlyMap<string, string> {
  return new Map(inventory.map(({ key, version }) => [resourceKeyText(key), version]))
}

function blocksOf({ blocked, unconfirmed }: SyncPlan, { renderComplete }: PlanInput): readonly SyncBlock[] {
  if (blocked !== undefined)
    return [{ kind: renderComplete ? 'confirmation' : 'render', reason: blocked.reason }]
  if (unconfirmed.length === 0) return []
  const reason = `Before the first prune it waits until a person confirms the deletion of ${unconfirmed.join(', ')} (Prune=confirm).`
  return [{ kind: 'confirmation', reason }]
}

type Count = 'created' | 'configured' | 'recreated' | 'pruned'
type Counted = { -readonly [K in keyof TouchedKind]: TouchedKind[K] }

function touchedKinds(objects: readonly PreviewedObject[]): readonly TouchedKind[] {
  const byKind = new Map<string, Counted>()
  for (const object of objects) {
    const count = countOf(object)
    if (count === undefined) continue
    const text = kindText(object)
    const { group, kind, namespace } = object
    const none = { group, kind, namespace, created: 0, configured: 0, recreated: 0, pruned: 0 }
    const counted = byKind.get(text) ?? none
    counted[count] += 1
    byKind.set(text, counted)
  }
  return [...byKind].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, counted]) => counted)
}

function kindText({ group, kind, namespace }: ResourceKey): string {
  return `${namespace}/${kind}/${group}`
}

function countOf({ outcome, mode }: PreviewedObject): Count | undefined {
  if (mode === 'recreate') return 'recreated'
  return outcome === 'unchanged' || outcome === 'skipped' ? undefined : outcome
}
