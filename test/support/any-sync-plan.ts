import fc from 'fast-check'
import { DEFAULT_SYNC_OPTIONS, type SyncOptions } from '../../src/engine/application/sync-options.js'
import { resourceKeyText, type GroupKind, type ResourceKey } from '../../src/engine/manifest/resource-key.js'
import type { InventoryItem, PlanInput, SyncPlan, SyncTarget } from '../../src/engine/sync/sync-plan.js'

/** All keys that a plan applies, in order. */
export function applied(plan: SyncPlan): string[] {
  return plan.waves.flatMap((wave) => wave.groups.flatMap((group) => group.keys))
}

/** All keys that a plan prunes, in order. */
export function pruned(plan: SyncPlan): string[] {
  return plan.prune.flatMap((wave) => wave.items.map((item) => item.key))
}

const CRD = 'CustomResourceDefinition'
const KINDS: readonly GroupKind[] = [
  { group: '', kind: 'Namespace' },
  { group: '', kind: 'ConfigMap' },
  { group: '', kind: 'Secret' },
  { group: 'apps', kind: 'Deployment' },
  { group: 'x.dev', kind: 'Widget' },
  { group: 'x.dev', kind: 'ConfigMap' },
  { group: 'apiextensions.k8s.io', kind: CRD },
]

const anyKey: fc.Arbitrary<ResourceKey> = fc
  .tuple(
    fc.constantFrom(...KINDS),
    fc.constantFrom('n1', 'n2'),
    fc.constantFrom('n1', 'n2', 'a', 'b', 'c', 'd'),
  )
  .map(([kind, namespace, name]) => ({
    ...kind,
    namespace: kind.kind === 'Namespace' || kind.kind === CRD ? '' : namespace,
    name,
  }))

const anyOptions: fc.Arbitrary<SyncOptions> = fc
  .record({
    prune: fc.constantFrom<SyncOptions['prune']>(true, true, false, 'confirm'),
    pruneLast: fc.boolean(),
    skipDryRunOnMissingResource: fc.boolean(),
    applyOutOfSyncOnly: fc.boolean(),
  })
  .map((some) => ({ ...DEFAULT_SYNC_OPTIONS, ...some }))

const anyWave = fc.integer({ min: -2, max: 2 })

const anyTarget: fc.Arbitrary<SyncTarget> = fc
  .record({
    key: anyKey,
    version: fc.constant('v1'),
    wave: anyWave,
    options: anyOptions,
    missingKind: fc.boolean(),
    state: fc.constantFrom<SyncTarget['state']>('missing', 'inSync', 'outOfSync'),
  })
  .map((target) =>
    target.key.kind === CRD
      ? { ...target, defines: { group: 'x.dev', kind: target.key.name === 'a' ? 'Widget' : 'ConfigMap' } }
      : target,
  )

const anyItem: fc.Arbitrary<InventoryItem> = fc.record({
  key: anyKey,
  version: fc.constant('v1'),
  live: fc.oneof(
    fc.constant<'unknown'>('unknown'),
    fc.constant(undefined),
    fc.record({
      uid: fc.uuid(),
      trackedByThisApplication: fc.boolean(),
      options: anyOptions,
      wave: anyWave,
    }),
  ),
})

const anyRequest: fc.Arbitrary<PlanInput['request']> = fc
  .record({
    prune: fc.boolean(),
    dryRun: fc.constantFrom(false, false, true),
    force: fc.boolean(),
    confirmedPrune: fc.boolean(),
    resources: fc.option(fc.array(anyKey, { maxLength: 6 }), { nil: undefined, freq: 3 }),
  })
  .map(({ resources, ...request }) => (resources === undefined ? request : { ...request, resources }))

/** Any plan input whose keys are unique in each list. */
export const anyPlanInput: fc.Arbitrary<PlanInput> = fc.record({
  targets: fc.uniqueArray(anyTarget, { selector: (target) => resourceKeyText(target.key), maxLength: 14 }),
  inventory: fc.uniqueArray(anyItem, { selector: (item) => resourceKeyText(item.key), maxLength: 10 }),
  renderComplete: fc.constantFrom(true, true, true, false),
  request: anyRequest,
  options: anyOptions,
  allowEmpty: fc.boolean(),
  dryRunFirst: fc.constantFrom<NonNullable<PlanInput['dryRunFirst']>>('auto', 'always', 'never'),
})
