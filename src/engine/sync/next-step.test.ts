import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyPlanInput, applied, pruned } from '../../../test/support/any-sync-plan.js'
import { nextStep, type Observed, type SyncStep } from './next-step.js'
import { planSync } from './plan-sync.js'
import type { PlanWave, SyncPlan } from './sync-plan.js'

const nothing: Observed = {
  applied: new Set(),
  dryRun: new Set(),
  healthy: new Set(),
  degraded: new Map(),
  gone: new Set(),
  failed: new Map(),
  terminated: false,
}
const wave = (number: number, ...keys: string[]): PlanWave => ({
  phase: 'Sync',
  wave: number,
  groups: [{ keys, gate: false }],
})
const plan = (more: Partial<SyncPlan>): SyncPlan => ({
  dryRun: [],
  dryRunOnly: false,
  waves: [],
  prune: [],
  unconfirmed: [],
  waitForHealth: false,
  skipped: [],
  forgotten: [],
  ...more,
})
const pruneA = { wave: 0, items: [{ key: 'old', uid: 'u', propagation: 'foreground' as const }] }

describe('nextStep() of deletions that ask for a person', () => {
  it('applies, then waits for the agreement before the first prune [1.4 Confirm gate]', () => {
    const held = plan({ waves: [wave(0, 'a')], prune: [pruneA], unconfirmed: ['old'] })
    expect(nextStep(held, nothing)).toEqual({ kind: 'apply', keys: ['a'] })
    const applied = { ...nothing, applied: new Set(['a']) }
    expect(nextStep(held, applied)).toMatchObject({ kind: 'wait', keys: ['old'] })
    expect(nextStep({ ...held, unconfirmed: [] }, applied)).toEqual({ kind: 'prune', keys: ['old'] })
    expect(nextStep(held, { ...applied, terminated: true })).toMatchObject({ kind: 'failed' })
  })
})

describe('nextStep() walks through a plan', () => {
  it('nextStep() of an empty plan is done', () => {
    expect(nextStep(plan({}), nothing)).toEqual({ kind: 'done' })
  })

  it('nextStep() of one wave without prune does not wait for health', () => {
    const one = plan({ waves: [wave(0, 'a', 'b')] })
    expect(nextStep(one, nothing)).toEqual({ kind: 'apply', keys: ['a', 'b'] })
    expect(nextStep(one, { ...nothing, applied: new Set(['a']) })).toEqual({ kind: 'apply', keys: ['b'] })
    const degraded = new Map([['a', 'crash loop']])
    expect(nextStep(one, { ...nothing, applied: new Set(['a', 'b']), degraded })).toEqual({ kind: 'done' })
  })

  it('nextStep() waits for a wave before the next one, and fails when it is degraded', () => {
    const two = plan({ waves: [wave(0, 'a'), wave(1, 'b')], waitForHealth: true })
    const first = { ...nothing, applied: new Set(['a']) }
    expect(nextStep(two, first)).toEqual({
      kind: 'wait',
      keys: ['a'],
      reason: 'waiting until wave 0 is healthy',
    })
    expect(nextStep(two, { ...first, healthy: new Set(['a']) })).toEqual({ kind: 'apply', keys: ['b'] })
    expect(nextStep(two, { ...first, degraded: new Map([['a', 'crash loop']]) })).toEqual({
      kind: 'failed',
      reason: 'a: crash loop',
    })
  })

  it('nextStep() tries everything before the first change', () => {
    const tried = plan({ waves: [wave(0, 'a')], dryRun: ['a'] })
    expect(nextStep(tried, nothing)).toEqual({ kind: 'dryRun', keys: ['a'] })
    expect(nextStep(tried, { ...nothing, dryRun: new Set(['a']) })).toEqual({ kind: 'apply', keys: ['a'] })
    expect(nextStep({ ...tried, dryRunOnly: true }, { ...nothing, dryRun: new Set(['a']) })).toEqual({
      kind: 'done',
    })
  })

  it('nextStep() prunes once and waits until the object is gone', () => {
    const pruning = plan({ prune: [pruneA], waitForHealth: true })
    expect(nextStep(pruning, nothing)).toEqual({ kind: 'prune', keys: ['old'] })
    expect(nextStep(pruning, { ...nothing, pruning: new Set(['old']) }).kind).toBe('wait')
    expect(nextStep(pruning, { ...nothing, gone: new Set(['old']) })).toEqual({ kind: 'done' })
  })

  it('nextStep() holds objects back until their definitions are served', () => {
    const groups = [
      { keys: ['crd'], gate: true },
      { keys: ['cr'], gate: false },
    ]
    const gated = plan({ waves: [{ phase: 'Sync', wave: 0, groups }] })
    expect(nextStep(gated, { ...nothing, applied: new Set(['crd']) }).kind).toBe('wait')
    const served = { ...nothing, applied: new Set(['crd']), healthy: new Set(['crd']) }
    expect(nextStep(gated, served)).toEqual({ kind: 'apply', keys: ['cr'] })
  })

  it('nextStep() stops for failures, termination and blocked plans before anything else', () => {
    const one = plan({ waves: [wave(0, 'a')] })
    const failed = new Map(['a', 'b', 'c', 'd'].map((key) => [key, 'refused']))
    expect(nextStep(one, { ...nothing, failed })).toEqual({
      kind: 'failed',
      reason: 'a: refused; b: refused; c: refused; and 1 more',
    })
    expect(nextStep(one, { ...nothing, terminated: true }).kind).toBe('failed')
    expect(nextStep({ ...one, blocked: { reason: 'too many', keys: ['x'] } }, nothing)).toEqual({
      kind: 'failed',
      reason: 'too many',
    })
  })
})

type Working = Exclude<SyncStep, { readonly kind: 'done' | 'failed' }>

/** Carries out one step like the reconciler; waiting makes healthy, or gone what was pruned. */
function carryOut(step: Working, seen: Record<string, Set<string>>): void {
  for (const key of step.keys) {
    const waited = seen['pruning']?.has(key) === true ? 'gone' : 'healthy'
    const outcomes = { apply: 'applied', dryRun: 'dryRun', prune: 'pruning', wait: waited }
    seen[outcomes[step.kind]]?.add(key)
  }
}

/** Walks through a plan to its end and asserts the rules on the way; a person agrees when that is waited for. */
function run(made: SyncPlan): { readonly steps: readonly SyncStep[]; readonly end: SyncStep } {
  let any = made
  const empty = (): Set<string> => new Set()
  const seen = { applied: empty(), dryRun: empty(), healthy: empty(), gone: empty(), pruning: empty() }
  const steps: SyncStep[] = []
  for (let round = 0; round < 500; round += 1) {
    const step = nextStep(any, { ...nothing, ...seen })
    steps.push(step)
    if (step.kind === 'done' || step.kind === 'failed') return { steps, end: step }
    expect(step.keys.length).toBeGreaterThan(0)
    check(any, step, { ...nothing, ...seen })
    if (step.keys === any.unconfirmed) any = { ...any, unconfirmed: [] }
    else carryOut(step, seen)
  }
  throw new Error('nextStep() does not end')
}

function check(any: SyncPlan, step: Working, observed: Observed): void {
  if (step.kind === 'apply') {
    const at = any.waves.findIndex((one) =>
      one.groups.some((group) => group.keys.includes(step.keys[0] ?? '')),
    )
    const former = any.waves.slice(0, at).flatMap((one) => one.groups.flatMap((group) => group.keys))
    expect(former.every((key) => observed.applied.has(key) && observed.healthy.has(key))).toBe(true)
    expect(any.dryRun.every((key) => observed.dryRun.has(key))).toBe(true)
  }
  if (step.kind === 'prune') {
    expect(any.unconfirmed).toEqual([])
    expect(applied(any).every((key) => observed.applied.has(key) && observed.healthy.has(key))).toBe(true)
  }
  if (step.kind === 'dryRun') expect(observed.applied.size + observed.gone.size).toBe(0)
}

describe('nextStep() properties of all plans', () => {
  it('nextStep() ends, and keeps waves, dry-run and prune in order', () => {
    fc.assert(
      fc.property(anyPlanInput, (any) => {
        const made = planSync(any)
        const { steps, end } = run(made)
        expect(end.kind).toBe(made.blocked === undefined ? 'done' : 'failed')
        const changed = steps.flatMap((step) =>
          step.kind === 'apply' || step.kind === 'prune' ? step.keys : [],
        )
        const expected = made.dryRunOnly || made.blocked ? [] : [...applied(made), ...pruned(made)]
        expect(changed.sort()).toEqual(expected.sort())
      }),
    )
  })

  it('nextStep() asks for nothing twice after a crash, whatever was seen', () => {
    const some = fc.func(fc.boolean())
    fc.assert(
      fc.property(anyPlanInput, some, some, some, (any, wasApplied, wasHealthy, isGone) => {
        const made = planSync(any)
        const observed: Observed = {
          ...nothing,
          dryRun: new Set(made.dryRun),
          applied: new Set(applied(made).filter((key) => wasApplied(key))),
          healthy: new Set(applied(made).filter((key) => wasHealthy(key))),
          gone: new Set(pruned(made).filter((key) => isGone(key))),
        }
        const step = nextStep(made, observed)
        expect(nextStep(made, observed)).toEqual(step)
        if (step.kind === 'apply') expect(step.keys.some((key) => observed.applied.has(key))).toBe(false)
        if (step.kind === 'prune') expect(step.keys.some((key) => observed.gone.has(key))).toBe(false)
        if (step.kind === 'apply' || step.kind === 'prune') check(made, step, observed)
      }),
    )
  })
})
