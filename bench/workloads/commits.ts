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
    const watched = changedConfigMap(stage, pick(turn, stage.shape), `commit-${turn}`)
    latencies.push(await commitAndWait(stage, contestant, { watched }))
    await sleep(options.spacingMs)
  }
  return { latenciesMs: latencies, touched: latencies.length }
}

export interface Change {
  /** The clock stops when this one is seen. */
  readonly watched: BenchManifest
  /** Changed by the same commit, and not waited for. */
  readonly besides?: BenchManifest
}

/** Commits, pushes, announces; answers the milliseconds until the change was seen. */
export async function commitAndWait(
  stage: Stage,
  contestant: Contestant,
  { watched, besides }: Change,
): Promise<number> {
  const { workingCopy, observer } = stage
  const changed = besides === undefined ? [watched] : [watched, besides]
  const before = await git(workingCopy, 'rev-parse', 'HEAD')
  for (const manifest of changed) await writeManifest(workingCopy, manifest)
  const after = await commitAll(workingCopy, `Change ${watched.metadata.namespace}`)
  await stage.push()
  const held = observer.whenHeld(watched)
  const start = performance.now()
  const announced = contestant.announce({ before, after, changed: changed.map(manifestPath) })
  const what = (): string => `${manifestPath(watched)} at ${after}`
  const [end] = await within(SEEN_WITHIN_S, Promise.all([held, announced]), what)
  return end - start
}

/** The last ConfigMap of an application: edits (D, J) take the first, so that both can follow each other. */
export function changedConfigMap(stage: Stage, index: number, value: string): BenchManifest {
  const found = manifestsOf(index, stage.shape).findLast((manifest) => manifest.kind === 'ConfigMap')
  if (found === undefined)
    throw new Error('Cannot change a ConfigMap: the shape has none, use --objects 2 or more')
  return withChangedValue(found, value)
}
