import { describe, expect, it } from 'vitest'
import { explore, type Exploration } from '../../../src/engine/ownership/explore.fixture.js'
import { RULES } from '../../../src/engine/ownership/lease-world.fixture.js'

const ROOM = { timeout: 300_000 }

/** Says how much was looked at: a check that looked at nothing finds nothing. */
function tell(what: string, { states, steps }: Exploration): void {
  process.stdout.write(`lease model, ${what}: ${states} states, ${steps} steps\n`)
}

/** The large worlds; the small ones, and whether the check would notice a missing rule, stand beside the code. */
describe('leases, epochs, outbox and step log, in every order of events', () => {
  it('two workers, exchanges with the database late and lost: one writes, a request ends once', ROOM, () => {
    const found = explore(2, RULES)
    tell('2 workers and 2 steps', found)
    expect(found.violation).toBeUndefined()
    expect(found.states).toBeGreaterThan(100_000)
  })

  it('two workers, each with one clock that goes wrong: one writes', ROOM, () => {
    const found = explore(2, { ...RULES, clocksGoWrong: true, hasRequest: false })
    tell('2 workers with wrong clocks', found)
    expect(found.violation).toBeUndefined()
    expect(found.states).toBeGreaterThan(100_000)
  })

  it('three workers, exchanges late and lost: one writes', ROOM, () => {
    const found = explore(3, { ...RULES, hasRequest: false })
    tell('3 workers without a request', found)
    expect(found.violation).toBeUndefined()
    expect(found.states).toBeGreaterThan(20_000)
  })
})
