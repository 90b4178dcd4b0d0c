import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyPlanInput } from '../../../test/support/any-sync-plan.js'
import { DEFAULT_SYNC_OPTIONS } from '../application/sync-options.js'
import { resourceKeyText } from '../manifest/resource-key.js'
import { nextStep } from './next-step.js'
import { planSync } from './plan-sync.js'
import { previewSync } from './preview-sync.js'
import type { InventoryItem, PlanInput, SyncPlan } from './sync-plan.js'

const NONE: PlanInput = {
  targets: [],
  inventory: [],
  renderComplete: true,
  request: { prune: true, dryRun: false, force: false, confirmedPrune: true },
  options: DEFAULT_SYNC_OPTIONS,
  allowEmpty: true,
}

function preview(input: PlanInput) {
  return previewSync(planSync(input), input)
}

/** What a cluster on which everything succeeds is told, step by step; a person agrees to all deletions. */
function walked(input: PlanInput) {
  const plan: SyncPlan = { ...planSync(input), unconfirmed: [] }
  const applied = new Set<string>()
  const gone = new Set<string>()
  const dryRun = new Set<string>()
  const written: string[] = []
  const keys = input.targets.map(({ key }) => resourceKeyText(key))
  for (const { key, state } of input.targets) if (state === 'inSync') applied.add(resourceKeyText(key))
  for (;;) {
    const healthy = new Set(keys)
    const nothing = { degraded: new Map(), failed: new Map(), terminated: false }
    const step = nextStep(plan, { applied, dryRun, gone, healthy, ...nothing })
    if (step.kind === 'done' || step.kind === 'failed') return { end: step.kind, written, pruned: [...gone] }
    if (step.kind === 'wait') throw new Error(`nothing to wait for, but: ${step.reason}`)
    const into = { dryRun, apply: applied, prune: gone }[step.kind]
    for (const key of step.keys) into.add(key)
    if (step.kind === 'apply') written.push(...step.keys)
  }
}

function item(kind: string, name: string, options = DEFAULT_SYNC_OPTIONS): InventoryItem {
  const group = kind === 'CustomResourceDefinition' ? 'apiextensions.k8s.io' : ''
  const namespace = kind.startsWith('Persistent') ? 'shop' : ''
  const live = { uid: name, trackedByThisApplication: true, options, wave: 0 }
  return { key: { group, kind, namespace, name }, version: 'v1', live }
}

describe('previewSync()', () => {
  it('tells exactly what a sync then writes and deletes, in its order [1.4 Dry run]', () => {
    fc.assert(
      fc.property(anyPlanInput, (any) => {
        const input = { ...any, request: { ...any.request, dryRun: false } }
        const { objects, blocks } = preview(input)
        const { end, written, pruned } = walked(input)
        const isHeld = planSync(input).blocked === undefined && planSync(input).unconfirmed.length > 0
        expect(end === 'failed').toBe(blocks.length > 0 && !isHeld)
        expect(isHeld && blocks.length === 0).toBe(false)
        if (end === 'failed') {
          expect([...written, ...pruned]).toEqual([])
          return
        }
        const told = (outcomes: readonly string[]) =>
          objects.filter(({ outcome }) => outcomes.includes(outcome)).map(resourceKeyText)
        expect(told(['created', 'configured'])).toEqual(written)
        expect(told(['pruned'])).toEqual(pruned)
      }),
      { numRuns: 500 },
    )
  })

  it('counts each touched object once, by kind and namespace', () => {
    fc.assert(
      fc.property(anyPlanInput, (any) => {
        const { objects, touched } = preview(any)
        const sum = touched.reduce(
          (all, { created, configured, recreated, pruned }) =>
            all + created + configured + recreated + pruned,
          0,
        )
        const changed = objects.filter(({ outcome }) => outcome !== 'unchanged' && outcome !== 'skipped')
        expect(sum).toBe(changed.length)
      }),
    )
  })

  it('names deletions that take along more than the object', () => {
    const inventory = [
      item('Namespace', 'shop'),
      item('CustomResourceDefinition', 'widgets.x.dev'),
      item('PersistentVolumeClaim', 'books'),
      item('ConfigMap', 'plain'),
    ]
    expect(preview({ ...NONE, inventory }).dangers.toSorted()).toEqual([
      'CustomResourceDefinition "widgets.x.dev" is deleted, with every object of the kind that it defines, in all namespaces.',
      'Namespace "shop" is deleted, with everything in it.',
      'PersistentVolumeClaim "shop/books" is deleted, and with it the content of its volume, unless that is retained.',
    ])
  })

  it('says why an object stays, and what holds the whole sync', () => {
    const kept = item('ConfigMap', 'kept', { ...DEFAULT_SYNC_OPTIONS, prune: false })
    const held = item('ConfigMap', 'held')
    const request = { ...NONE.request, confirmedPrune: false }
    const { objects, blocks } = preview({ ...NONE, allowEmpty: false, request, inventory: [kept] })
    expect(objects).toMatchObject([
      { name: 'kept', outcome: 'skipped', reason: 'Its option Prune=false keeps it.' },
    ])
    expect(blocks).toEqual([])
    const target = { version: 'v1', wave: 0, options: DEFAULT_SYNC_OPTIONS, missingKind: false } as const
    const targets = [{ ...target, key: { ...held.key, name: 'new' }, state: 'missing' as const }]
    expect(preview({ ...NONE, request, targets, inventory: [held] }).blocks).toMatchObject([
      { kind: 'confirmation', reason: expect.stringContaining('would delete 1 of 1 objects') },
    ])
  })

  it('tells apart what is applied, replaced and created again', () => {
    const modes = [
      [{}, 'configured', 'apply'],
      [{ replace: true }, 'configured', 'replace'],
      [{ replace: true, force: true }, 'created', 'recreate'],
    ] as const
    for (const [options, outcome, mode] of modes) {
      const key = { group: '', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'books' }
      const target = { key, version: 'v1', wave: 0, missingKind: false, state: 'outOfSync' } as const
      const targets = [{ ...target, options: { ...DEFAULT_SYNC_OPTIONS, ...options } }]
      const { objects, dangers } = preview({ ...NONE, targets })
      expect(objects).toMatchObject([{ outcome, mode }])
      expect(dangers).toHaveLength(mode === 'recreate' ? 1 : 0)
    }
  })
})
