import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { takeHeal, type HealBudget } from './heal-budget.js'

const LIMITS = { burst: 5, perSecond: 2 }

describe('takeHeal()', () => {
  it('never permits more than the burst and what time gave, whatever the pace', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2_000), { maxLength: 200 }), (pauses) => {
        let budget: HealBudget | undefined
        let now = 1_000_000
        let healed = 0
        for (const pause of pauses) {
          now += pause
          const turn = takeHeal(budget, LIMITS, now)
          budget = turn.budget
          if (turn.waitUntilMs === undefined) healed += 1
        }
        expect(healed).toBeLessThanOrEqual(
          LIMITS.burst + ((now - 1_000_000) / 1000) * LIMITS.perSecond + 1e-6,
        )
      }),
    )
  })

  it('names the moment from which the next one is permitted', () => {
    let budget: HealBudget | undefined
    for (let i = 0; i < LIMITS.burst; i += 1) budget = takeHeal(budget, LIMITS, 0).budget
    const { waitUntilMs, budget: empty } = takeHeal(budget, LIMITS, 0)
    expect(waitUntilMs).toBe(500)
    expect(takeHeal(empty, LIMITS, 500).waitUntilMs).toBeUndefined()
  })

  it('is not confused by a clock that goes back', () => {
    const { budget } = takeHeal(undefined, LIMITS, 10_000)
    expect(takeHeal(budget, LIMITS, 0).budget.tokens).toBe(LIMITS.burst - 2)
  })
})
