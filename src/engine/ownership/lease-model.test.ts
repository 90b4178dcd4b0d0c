import { describe, expect, it } from 'vitest'
import { explore } from './explore.fixture.js'
import { RULES, TICKS } from './lease-world.fixture.js'

const ROOM = { timeout: 60_000 }

/** The small worlds; the large ones are in test/integration/model. */
describe('leases, epochs, outbox and step log, in every order of events', () => {
  it('three workers: no old owner is heard, one writes, a request ends exactly once', ROOM, () => {
    const found = explore(3, { ...RULES, answersGetLost: false })
    process.stdout.write(`lease model, 3 workers: ${found.states} states, ${found.steps} steps\n`)
    expect(found.violation).toBeUndefined()
    expect(found.states).toBeGreaterThan(10_000)
  })
})

describe('the check notices when a rule is missing', () => {
  it.each([
    ['no fence', { fenced: false }, /state of an old owner/],
    ['the window counts from the answer', { countsFromAnswer: true }, /old owner/],
    ['writes may land after the lease', { times: { ...TICKS, writeForMs: 3 } }, /old owner/],
    [
      'the gainer does not look for what is under way',
      { resumes: false, answersGetLost: false },
      /never end/,
    ],
  ])('%s', ROOM, (_name, change, violation) => {
    expect(explore(2, { ...RULES, steps: 1, ...change }).violation).toMatch(violation)
  })
})
