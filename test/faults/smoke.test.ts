import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLASSES } from './catalog.js'
import { whyNoRedis } from './redis.js'
import { ordersOf } from './run-series.js'
import { runTrial } from './run-trial.js'
import { World } from './world.js'

const TRIALS = 30
const TRIAL_MS = 120_000

const seed = Number(process.env['LOCKSTEP_TEST_SEED'] ?? randomInt(2 ** 31))
/** Every other run has doorbells that go through a Redis, when there is one here. */
const withRedis = whyNoRedis() === undefined && seed % 2 === 0
const short = CLASSES.filter(
  ({ isLong, needsRedis }) => isLong !== true && (withRedis || needsRedis !== true),
)

/** Every run takes other classes, variants and moments; the seed in the name repeats them. */
const orders = ordersOf(short, TRIALS, seed)
let world: World

beforeAll(async () => {
  process.stderr.write(`smoke.test.ts: LOCKSTEP_TEST_SEED=${seed}\n`)
  world = await World.open({ withRedis })
}, 180_000)
afterAll(() => world?.close())

describe(`faults (LOCKSTEP_TEST_SEED=${seed})`, () => {
  it.each(
    orders.map((order, index) => ({ order, name: `${index + 1}: ${order.fault.id} ${order.variant}` })),
  )(
    '$name',
    async ({ order }) => {
      const result = await runTrial(world, order)
      expect(result.violations, result.evidence.join('; ')).toEqual([])
      expect(['clean', 'not-possible']).toContain(result.outcome)
    },
    TRIAL_MS,
  )
})
