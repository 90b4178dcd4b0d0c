import { randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLASSES } from './catalog.js'
import { whyNoRedis } from './redis.js'
import { ordersOf, shapesFor } from './run-series.js'
import { runTrial } from './run-trial.js'
import { SHAPES, type Shape, World } from './world.js'

const TRIALS = 30
const TRIAL_MS = 120_000

const seed = Number(process.env['LOCKSTEP_TEST_SEED'] ?? randomInt(2 ** 31))
/** Every run has another shape of the product, where there is a Redis for it. */
const shape: Shape = whyNoRedis() === undefined ? (SHAPES[seed % SHAPES.length] ?? 'memory') : 'memory'
const short = CLASSES.filter((fault) => fault.isLong !== true && shapesFor(fault).includes(shape))

/** Every run takes other classes, variants and moments; the seed in the name repeats them. */
const orders = ordersOf(short, TRIALS, seed)
let world: World

beforeAll(async () => {
  process.stderr.write(`smoke.test.ts: LOCKSTEP_TEST_SEED=${seed}\n`)
  world = await World.open(shape)
}, 180_000)
afterAll(() => world?.close())

describe(`faults (${shape}, LOCKSTEP_TEST_SEED=${seed})`, () => {
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
