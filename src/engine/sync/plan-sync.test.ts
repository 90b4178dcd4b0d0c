import { describe, expect, it } from 'vitest'
import { DEFAULT_SYNC_OPTIONS } from '../application/sync-options.js'
import { resourceKeyText, type ResourceKey } from '../manifest/resource-key.js'
import { planSync } from './plan-sync.js'
import type { InventoryItem, LiveItem, PlanInput, SyncTarget } from './sync-plan.js'
import { applied, pruned } from '../../../test/support/any-sync-plan.js'

const configMap = (name: string): ResourceKey => ({ group: '', kind: 'ConfigMap', namespace: 'demo', name })
const target = (key: ResourceKey, more: Partial<SyncTarget> = {}): SyncTarget => ({
  key,
  version: 'v1',
  wave: 0,
  options: DEFAULT_SYNC_OPTIONS,
  missingKind: false,
  state: 'outOfSync',
  ...more,
})
const item = (key: ResourceKey, live: Partial<LiveItem> | 'unknown' | undefined = {}): InventoryItem => ({
  key,
  version: 'v1',
  live:
    live === 'unknown' || live === undefined
      ? live
      : {
          uid: `uid-${key.name}`,
          trackedByThisApplication: true,
          options: DEFAULT_SYNC_OPTIONS,
          wave: 0,
          ...live,
        },
})
const names = (count: number, prefix = 'c'): ResourceKey[] =>
  Array.from({ length: count }, (_, index) => configMap(`${prefix}${index}`))
const input = (more: Partial<PlanInput> = {}): PlanInput => ({
  targets: [],
  inventory: [],
  renderComplete: true,
  request: { prune: true, dryRun: false, force: false, confirmedPrune: false },
  options: DEFAULT_SYNC_OPTIONS,
  allowEmpty: false,
  ...more,
})

describe('planSync() orders what it applies', () => {
  it('planSync() goes by wave, then kind, then name', () => {
    const deployment = { group: 'apps', kind: 'Deployment', namespace: 'demo', name: 'a' }
    const targets = [
      target(deployment),
      target(configMap('b')),
      target(configMap('a')),
      target(configMap('z'), { wave: -1 }),
    ]
    const plan = planSync(input({ targets }))
    expect(plan.waves.map((wave) => wave.wave)).toEqual([-1, 0])
    expect(applied(plan)).toEqual([
      '/ConfigMap/demo/z',
      '/ConfigMap/demo/a',
      '/ConfigMap/demo/b',
      'apps/Deployment/demo/a',
    ])
  })

  it('planSync() moves a namespace and a definition before what needs them', () => {
    const widget = { group: 'x.dev', kind: 'Secret', namespace: 'demo', name: 'w' }
    const crd = {
      group: 'apiextensions.k8s.io',
      kind: 'CustomResourceDefinition',
      namespace: '',
      name: 'secrets.x.dev',
    }
    const namespace = { group: '', kind: 'Namespace', namespace: '', name: 'demo' }
    const plan = planSync(
      input({
        targets: [
          target(widget, { wave: -2, missingKind: true, state: 'missing' }),
          target(crd, { wave: 3, defines: { group: 'x.dev', kind: 'Secret' }, state: 'missing' }),
          target(namespace, { wave: 1, state: 'missing' }),
        ],
      }),
    )
    expect(plan.waves).toHaveLength(1)
    expect(plan.waves[0]?.groups.map((group) => [group.keys.length, group.gate])).toEqual([
      [1, false],
      [1, true],
      [1, false],
    ])
    expect(applied(plan).at(-1)).toBe(resourceKeyText(widget))
  })

  it('planSync() dry-runs only what a server can judge before the sync', () => {
    const namespace = { group: '', kind: 'Namespace', namespace: '', name: 'demo' }
    const elsewhere = { ...configMap('b'), namespace: 'other' }
    const foreign = { group: 'y.dev', kind: 'Thing', namespace: '', name: 't' }
    const skip = { ...DEFAULT_SYNC_OPTIONS, skipDryRunOnMissingResource: true }
    const targets = [
      target(namespace, { state: 'missing' }),
      target(configMap('a'), { state: 'missing' }),
      target(elsewhere, { wave: 1 }),
      target(foreign, { missingKind: true, options: skip }),
    ]
    expect(planSync(input({ targets })).dryRun).toEqual(['/Namespace//demo', '/ConfigMap/other/b'])
    expect(planSync(input({ targets, dryRunFirst: 'never' })).dryRun).toEqual([])
  })

  it('planSync() dry-runs by itself only with several waves or prunes', () => {
    expect(planSync(input({ targets: [target(configMap('a'))] })).dryRun).toEqual([])
    expect(planSync(input({ targets: [target(configMap('a'))], dryRunFirst: 'always' })).dryRun).toHaveLength(
      1,
    )
    const inventory = [item(configMap('a')), item(configMap('old'))]
    expect(planSync(input({ targets: [target(configMap('a'))], inventory })).dryRun).toHaveLength(1)
  })

  it('planSync() of a selective request touches only what was named', () => {
    const request = {
      prune: true,
      dryRun: false,
      force: false,
      confirmedPrune: false,
      resources: [configMap('a')],
    }
    const inventory = [item(configMap('old')), item(configMap('a'))]
    const plan = planSync(
      input({ request, targets: [target(configMap('a')), target(configMap('b'))], inventory }),
    )
    expect(applied(plan)).toEqual(['/ConfigMap/demo/a'])
    expect(pruned(plan)).toEqual([])
  })

  it('planSync() of a dry run prunes nothing and is never blocked', () => {
    const request = { prune: true, dryRun: true, force: false, confirmedPrune: false }
    const plan = planSync(
      input({
        request,
        targets: [target(configMap('a'))],
        inventory: names(200, 'o').map((key) => item(key)),
      }),
    )
    expect(plan).toMatchObject({ dryRunOnly: true, prune: [], dryRun: ['/ConfigMap/demo/a'] })
    expect(plan.blocked).toBeUndefined()
  })
})

describe('planSync() prunes with proof only', () => {
  const kept = names(3, 'keep')
  const base = { targets: kept.map((key) => target(key)) }
  const with_ = (odd: InventoryItem): PlanInput =>
    input({ ...base, inventory: [...kept.map((key) => item(key)), odd] })

  it('planSync() prunes what is tracked and no longer declared', () => {
    const plan = planSync(with_(item(configMap('old'), { wave: 2 })))
    expect(plan.prune).toEqual([
      { wave: 2, items: [{ key: '/ConfigMap/demo/old', uid: 'uid-old', propagation: 'foreground' }] },
    ])
  })

  it.each<[string, InventoryItem, RegExp]>([
    ['unknown live state', item(configMap('old'), 'unknown'), /could not be read/],
    ['another owner', item(configMap('old'), { trackedByThisApplication: false }), /another owner/],
    [
      'Prune=false',
      item(configMap('old'), { options: { ...DEFAULT_SYNC_OPTIONS, prune: false } }),
      /Prune=false/,
    ],
  ])('planSync() keeps an object with %s and says why', (_, odd, reason) => {
    const plan = planSync(with_(odd))
    expect(plan.prune).toEqual([])
    expect(plan.skipped).toEqual([
      { key: '/ConfigMap/demo/old', reason: expect.stringMatching(reason) as string },
    ])
  })

  it.each([
    [{}, {}, ['/ConfigMap/demo/old']],
    [{ approved: true }, {}, []],
    [{}, { confirmedPrune: true }, []],
    [{}, { dryRun: true }, []],
  ])('planSync() holds Prune=confirm until a person agrees: %j %j', (more, request, unconfirmed) => {
    const whole = with_(item(configMap('old'), { options: { ...DEFAULT_SYNC_OPTIONS, prune: 'confirm' } }))
    const plan = planSync({ ...whole, ...more, request: { ...whole.request, ...request } })
    expect(plan.unconfirmed).toEqual(unconfirmed)
    expect(plan.skipped).toEqual([])
  })

  it('planSync() forgets what is proven absent', () => {
    const plan = planSync(with_({ key: configMap('old'), version: 'v1', live: undefined }))
    expect(plan).toMatchObject({ forgotten: ['/ConfigMap/demo/old'], skipped: [], prune: [] })
  })

  it('planSync() of an incomplete render is blocked and changes nothing', () => {
    const plan = planSync({ ...with_(item(configMap('old'))), renderComplete: false })
    expect(plan).toMatchObject({ waves: [], prune: [], dryRun: [], forgotten: [], blocked: { keys: [] } })
    expect(plan.blocked?.reason).toContain('rendered completely')
  })

  it('planSync() keeps everything when prune was not asked for', () => {
    const request = { prune: false, dryRun: false, force: false, confirmedPrune: false }
    const plan = planSync({ ...with_(item(configMap('old'))), request })
    expect(plan.skipped[0]?.reason).toContain('sync with prune')
  })

  it('planSync() prunes PruneLast objects in a wave of their own', () => {
    const last = { ...DEFAULT_SYNC_OPTIONS, pruneLast: true }
    const inventory = [
      ...kept.map((key) => item(key)),
      item(configMap('x'), { options: last, wave: 9 }),
      item(configMap('y'), { wave: -1 }),
      item(configMap('z'), { wave: 3 }),
    ]
    expect(pruned(planSync(input({ ...base, inventory })))).toEqual(
      ['z', 'y', 'x'].map((name) => resourceKeyText(configMap(name))),
    )
  })

  it('planSync() never prunes for an empty render unless allowEmpty', () => {
    const inventory = names(2).map((key) => item(key))
    const request = { prune: true, dryRun: false, force: false, confirmedPrune: true }
    expect(pruned(planSync(input({ inventory, request })))).toEqual([])
    expect(pruned(planSync(input({ inventory, allowEmpty: true })))).toHaveLength(2)
    expect(planSync(input({ inventory, allowEmpty: true })).blocked).toBeUndefined()
    const many = names(11).map((key) => item(key))
    expect(planSync(input({ inventory: many, allowEmpty: true })).blocked).toBeDefined()
  })

  it.each([
    [1, 1, true],
    [3, 3, true],
    [10, 11, false],
    [11, 22, false],
    [11, 21, true],
    [100, 1000, false],
    [101, 1000, true],
  ])('planSync() that would delete %i of %i asks first: %s', (going, total, asks) => {
    const all = names(total)
    const plan = (confirmedPrune: boolean) =>
      planSync(
        input({
          targets: [...all.slice(going), configMap('new')].map((key) => target(key)),
          inventory: all.map((key) => item(key)),
          request: { prune: true, dryRun: false, force: false, confirmedPrune },
        }),
      )
    expect(plan(false).blocked !== undefined).toBe(asks)
    expect(plan(false).blocked?.keys ?? []).toHaveLength(asks ? going : 0)
    expect(plan(true).blocked).toBeUndefined()
  })
})
