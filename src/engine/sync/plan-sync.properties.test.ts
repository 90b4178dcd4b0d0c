import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyPlanInput, applied, pruned } from '../../../test/support/any-sync-plan.js'
import { DEFAULT_SYNC_OPTIONS } from '../application/sync-options.js'
import { resourceKeyText } from '../manifest/resource-key.js'
import { kindRank } from './kind-order.js'
import { planSync } from './plan-sync.js'

describe('planSync() properties of all plans', () => {
  it('planSync() never prunes without proof', () => {
    fc.assert(
      fc.property(anyPlanInput, (any) => {
        const plan = planSync(any)
        const targets = new Set(any.targets.map(({ key }) => resourceKeyText(key)))
        const inventory = new Map(any.inventory.map((entry) => [resourceKeyText(entry.key), entry.live]))
        for (const key of pruned(plan)) {
          const live = inventory.get(key)
          expect(live).toMatchObject({ trackedByThisApplication: true })
          expect(targets.has(key)).toBe(false)
          expect(any.renderComplete && any.request.prune && !any.request.dryRun).toBe(true)
          expect(targets.size > 0 || any.allowEmpty).toBe(true)
        }
      }),
    )
  })

  it('planSync() applies each selected target exactly once, in its wave or earlier', () => {
    fc.assert(
      fc.property(anyPlanInput, (any) => {
        const plan = planSync(any)
        const keys = applied(plan)
        expect(new Set(keys).size).toBe(keys.length)
        if (!any.renderComplete) return
        const wanted = new Set(any.request.resources?.map(resourceKeyText))
        for (const one of any.targets) {
          const key = resourceKeyText(one.key)
          const selected = any.request.resources === undefined || wanted.has(key)
          const due = !any.options.applyOutOfSyncOnly || one.state !== 'inSync'
          expect(keys.includes(key)).toBe(selected && due)
          const wave = plan.waves.find((candidate) =>
            candidate.groups.some((group) => group.keys.includes(key)),
          )
          expect((wave?.wave ?? one.wave) <= one.wave).toBe(true)
        }
      }),
    )
  })

  it('planSync() puts providers before users and else follows the order of kinds', () => {
    fc.assert(
      fc.property(anyPlanInput, (any) => {
        const order = applied(planSync(any))
        const byKey = new Map(any.targets.map((one) => [resourceKeyText(one.key), one]))
        const place = new Map(order.map((key, at) => [key, at]))
        for (const key of order) {
          const namespace = place.get(`/Namespace//${byKey.get(key)?.key.namespace ?? ''}`)
          if (namespace !== undefined) expect(namespace).toBeLessThan(place.get(key) ?? -1)
        }
        for (const wave of planSync(any).waves) {
          const ranks = wave.groups
            .flatMap((group) => group.keys)
            .filter((key) => byKey.get(key)?.defines === undefined)
            .map((key) => kindRank(byKey.get(key)?.key.kind ?? ''))
          expect(ranks).toEqual([...ranks].sort((a, b) => a - b))
        }
      }),
    )
  })

  it('planSync() of an application in sync with ApplyOutOfSyncOnly is empty', () => {
    fc.assert(
      fc.property(anyPlanInput, (any) => {
        const options = { ...DEFAULT_SYNC_OPTIONS, applyOutOfSyncOnly: true }
        const targets = any.targets.map((one) => ({ ...one, state: 'inSync' as const }))
        const plan = planSync({ ...any, options, targets, inventory: [], renderComplete: true })
        expect(plan).toMatchObject({ waves: [], prune: [], dryRun: [], skipped: [], forgotten: [] })
        expect(plan.blocked).toBeUndefined()
      }),
    )
  })

  it('planSync() accounts for every inventory item that is not declared', () => {
    fc.assert(
      fc.property(anyPlanInput, (any) => {
        const whole = { ...any, request: { ...any.request, dryRun: false } }
        const plan = planSync(whole)
        const told = [...pruned(plan), ...plan.skipped.map((one) => one.key), ...plan.forgotten]
        expect(new Set(told).size).toBe(told.length)
      }),
    )
  })
})
