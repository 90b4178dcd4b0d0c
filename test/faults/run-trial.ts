import { checkConvergence, checkInvariants } from './checker.js'
import type { FaultClass, TrialResult } from './fault-class.js'
import { Random } from './random.js'
import { checkResources } from './resources.js'
import { NoFault, Trial } from './trial.js'
import { SHAPES, type World } from './world.js'

const RECOVER_MS = 30_000

export interface TrialOrder {
  readonly fault: FaultClass
  readonly variant: string
  readonly seed: number
}

/** One trial from its first commit to its last check; throws only when the world cannot be brought back. */
export async function runTrial(world: World, order: TrialOrder): Promise<TrialResult> {
  const trial = new Trial(world, new Random(order.seed), order.fault)
  const refused = whyNot(trial, order.fault)
  if (refused !== undefined) return resultOf(trial, order, { outcome: 'not-possible', problem: refused })
  try {
    world.parts.lies.forget()
    if (order.fault.keepsRival !== true) await world.dismissRival()
    await attempt(trial, order)
    return resultOf(trial, order, { outcome: trial.violations.length === 0 ? 'clean' : 'violated' })
  } catch (error) {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return resultOf(trial, order, { outcome: error instanceof NoFault ? 'no-fault' : 'broken', problem })
  } finally {
    await trial.finish()
    await world.calm()
  }
}

function whyNot(trial: Trial, { needs, shapes = SHAPES }: FaultClass): string | undefined {
  const { shape } = trial.parts
  return shapes.includes(shape) ? needs?.(trial) : `the product has the shape "${shape}" here`
}

async function attempt(trial: Trial, { fault, variant }: TrialOrder): Promise<void> {
  await trial.setUp()
  await fault.strike(trial, variant)
  if (trial.evidence.length === 0) throw new NoFault('nothing shows that it came about')
  await checkConvergence(trial, trial.newest, fault.recoverWithinMs ?? RECOVER_MS)
  if (trial.violations.length === 0) await checkInvariants(trial, fault)
  if (trial.violations.length === 0) await trial.tearDown()
  if (trial.violations.length === 0) await checkResources(trial)
}

function resultOf(
  trial: Trial,
  { fault, variant, seed }: TrialOrder,
  end: { readonly outcome: TrialResult['outcome']; readonly problem?: string },
): TrialResult {
  return {
    ...{ id: fault.id, variant, seed, outcome: end.outcome, shape: trial.parts.shape },
    violations: [...trial.violations, ...(end.problem === undefined ? [] : [end.problem.slice(0, 1500)])],
    evidence: trial.evidence,
    figures: trial.figures,
    seconds: Math.round(performance.now() - trial.startedAt) / 1000,
  }
}
