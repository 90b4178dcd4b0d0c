import type { FaultClass, TrialResult } from './fault-class.js'
import type { FaultOptions } from './options.js'
import { Random } from './random.js'
import { whyNoRedis } from './redis.js'
import { type TrialOrder, runTrial } from './run-trial.js'
import { SHAPES, type Shape, World } from './world.js'

/** After so many trials everything is started afresh, so that a long series does not wade through its own traces. */
const TRIALS_PER_WORLD = 150

/** Spreads `trials` over all variants of the classes, in an order that the seed decides. */
export function ordersOf(
  classes: readonly FaultClass[],
  trials: number,
  seed: number,
): readonly TrialOrder[] {
  const random = new Random(seed)
  // First the first variant of each class, then the second of each, and so on: few trials reach many classes.
  const most = Math.max(...classes.map(({ variants }) => variants.length))
  const offsets = new Map(classes.map((fault) => [fault.id, random.between(0, fault.variants.length - 1)]))
  const laps = Array.from({ length: most }, (_, lap) =>
    shuffled(classes, random).flatMap((fault) => {
      const at = ((offsets.get(fault.id) ?? 0) + lap) % fault.variants.length
      const variant = fault.variants[at]
      return variant === undefined || lap >= fault.variants.length ? [] : [{ fault, variant }]
    }),
  ).flat()
  return Array.from({ length: trials }, (_, index) => {
    const { fault, variant } = laps[index % laps.length] as (typeof laps)[number]
    return { fault, variant, seed: random.between(1, 2 ** 31 - 1) }
  })
}

/** One trial after the other; a world that breaks is replaced. */
export async function runSeries(
  options: FaultOptions,
  tell: (result: TrialResult, number: number) => void,
  stop: AbortSignal,
): Promise<readonly TrialResult[]> {
  const results: TrialResult[] = []
  const orders = ordersOf(options.classes, options.trials, options.seed)
  for (const batch of batchesOf(orders, options.seed)) {
    if (stop.aborted) break
    await runBatch(batch, (result) => tell(result, results.push(result)), stop)
  }
  return results
}

interface Batch {
  readonly shape: Shape
  readonly orders: readonly TrialOrder[]
}

/** The shapes in which this can be tried here; without a Redis there is only one process. */
export function shapesFor({ shapes = SHAPES }: FaultClass): readonly Shape[] {
  return whyNoRedis() === undefined ? shapes : shapes.filter((shape) => shape === 'memory')
}

/** Each trial in a shape that the seed decides. */
function batchesOf(orders: readonly TrialOrder[], seed: number): readonly Batch[] {
  const random = new Random(seed)
  const placed = orders.flatMap((order) => {
    const shapes = shapesFor(order.fault)
    return shapes.length === 0 ? [] : [{ order, shape: random.pick(shapes) }]
  })
  return SHAPES.flatMap((shape) => {
    const mine = placed.filter((one) => one.shape === shape).map(({ order }) => order)
    const count = Math.ceil(mine.length / TRIALS_PER_WORLD)
    return Array.from({ length: count }, (_, index) => ({
      shape,
      orders: mine.slice(index * TRIALS_PER_WORLD, (index + 1) * TRIALS_PER_WORLD),
    }))
  })
}

async function runBatch(
  { shape, orders }: Batch,
  tell: (result: TrialResult) => void,
  stop: AbortSignal,
): Promise<void> {
  let world = await World.open(shape)
  for (const order of orders) {
    if (stop.aborted) break
    const result = await runTrial(world, order).catch((error: unknown) => brokenBy(order, shape, error))
    tell(result)
    if (result.outcome !== 'broken') continue
    await world.close().catch(() => undefined)
    world = await World.open(shape)
  }
  await world.close()
}

function brokenBy({ fault, variant, seed }: TrialOrder, shape: Shape, error: unknown): TrialResult {
  const violations = [error instanceof Error ? (error.stack ?? error.message) : String(error)]
  const nothing = { evidence: [], figures: {}, seconds: 0 }
  return { id: fault.id, shape, variant, seed, outcome: 'broken', violations, ...nothing }
}

function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item)
}
