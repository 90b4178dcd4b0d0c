import { setTimeout as sleep } from 'node:timers/promises'
import type { Contestant } from '../contestant.js'
import type { BenchOptions } from '../options.js'
import { git } from '../repository/git.js'
import { type BenchManifest, manifestsOf, withChangedValue } from '../repository/manifests.js'
import { commitAll, manifestPath, writeManifest } from '../repository/write-repository.js'
import type { Stage } from '../stage.js'
import { type Timed, within } from './measured.js'
import { pick } from './pick.js'

const SEEN_WITHIN_S = 60

/** C: a commit changes one ConfigMap of one application; from the webhook to the observer seeing the new value. */
export async function commits(stage: Stage, contestant: Contestant, options: BenchOptions): Promise<Timed> {
  const latencies: number[] = []
  for (let turn = 0; turn < options.repeats; turn += 1) {
    latencies.push(await oneCommit(stage, contestant, turn))
    await sleep(options.spacingMs)
  }
  return { latenciesMs: latencies, touched: latencies.length }
}

async function oneCommit(stage: Stage, contestant: Contestant, turn: number): Promise<number> {
  const { workingCopy, observer } = stage
  const changed = withChangedValue(configMapOf(stage, pick(turn, stage.shape)), `commit-${turn}`)
  const before = await git(workingCopy, 'rev-parse', 'HEAD')
  await writeManifest(workingCopy, changed)
  const after = await commitAll(workingCopy, `Change number ${turn}`)
  await stage.push()
  const held = observer.whenHeld(changed)
  const start = performance.now()
  const announced = contestant.announce({ before, after, changed: [manifestPath(changed)] })
  const what = (): string => `${manifestPath(changed)} at ${after}`
  const [end] = await within(SEEN_WITHIN_S, Promise.all([held, announced]), what)
  return end - start
}

function configMapOf(stage: Stage, index: number): BenchManifest {
  const found = manifestsOf(index, stage.shape).find((manifest) => manifest.kind === 'ConfigMap')
  if (found === undefined)
    throw new Error('Cannot change a ConfigMap: the shape has none, use --objects 2 or more')
  return found
}
