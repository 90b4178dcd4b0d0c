import type { FaultClass, TrialResult } from './fault-class.js'
import type { FaultOptions } from './options.js'
import { Random } from './random.js'
import { whyNoRedis } from './redis.js'
import { type TrialOrder, runTrial } from './run-trial.js'
import { World } from './world.js'

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
  readonly withRedis: boolean
  readonly orders: readonly TrialOrder[]
}

/** Half of the trials, and all that need it, have doorbells that go through a Redis, when there is one here. */
function batchesOf(orders: readonly TrialOrder[], seed: number): readonly Batch[] {
  const random = new Random(seed)
  const hasRedis = whyNoRedis() === undefined
  const placed = orders.map((order) => ({
    order,
    withRedis: hasRedis && (order.fault.needsRedis === true || random.next() < 0.5),
  }))
  return [false, true].flatMap((withRedis) => {
    const mine = placed.filter((one) => one.withRedis === withRedis).map(({ order }) => order)
    const count = Math.ceil(mine.length / TRIALS_PER_WORLD)
    return Array.from({ length: count }, (_, index) => ({
      withRedis,
      orders: mine.slice(index * TRIALS_PER_WORLD, (index + 1) * TRIALS_PER_WORLD),
    }))
  })
}

async function runBatch(
  { withRedis, orders }: Batch,
  tell: (result: TrialResult) => void,
  stop: AbortSignal,
): Promise<void> {
  let world = await World.open({ withRedis })
  for (const order of orders) {
    if (stop.aborted) break
    const result = await runTrial(world, order).catch((error: unknown) => brokenBy(order, error))
    tell(result)
    if (result.outcome !== 'broken') continue
    await world.close().catch(() => undefined)
    world = await World.open({ withRedis })
  }
  await world.close()
}

function brokenBy({ fault, variant, seed }: TrialOrder, error: unknown): TrialResult {
  const violations = [error instanceof Error ? (error.stack ?? error.message) : String(error)]
  return { id: fault.id, variant, seed, outcome: 'broken', violations, evidence: [], figures: {}, seconds: 0 }
}

function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item)
}
