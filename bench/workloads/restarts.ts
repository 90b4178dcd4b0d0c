import type { Contestant } from '../contestant.js'
import { objectPath } from '../cluster/resource-paths.js'
import type { BenchOptions } from '../options.js'
import { manifestsOf } from '../repository/manifests.js'
import type { Stage } from '../stage.js'
import { type Timed, within } from './measured.js'
import { pick } from './pick.js'

const SEEN_WITHIN_S = 120

/** J: ended, a managed object is edited meanwhile, started again; from that start until the edit is put right. */
export async function restarts(stage: Stage, contestant: Contestant, options: BenchOptions): Promise<Timed> {
  const latencies: number[] = []
  for (let turn = 0; turn < options.restarts; turn += 1) {
    latencies.push(await oneRestart(stage, contestant, { turn, how: 'asked' }))
  }
  // Killed, it hands nothing over: what it owned is free only when its leases have run out.
  const killed = await oneRestart(stage, contestant, { turn: options.restarts, how: 'killed' })
  return { latenciesMs: latencies, touched: latencies.length, figures: { after_kill_ms: killed } }
}

async function oneRestart(
  stage: Stage,
  contestant: Contestant,
  { turn, how }: { readonly turn: number; readonly how: 'asked' | 'killed' },
): Promise<number> {
  const declared = manifestsOf(pick(turn, stage.shape), stage.shape).find(({ kind }) => kind === 'ConfigMap')
  if (declared === undefined)
    throw new Error('Cannot edit a ConfigMap: the shape has none, use --objects 2 or more')
  let after = Number.POSITIVE_INFINITY
  const edit = async (): Promise<void> => {
    const answer = await stage.cluster.client().expect({
      method: 'PATCH',
      path: objectPath(declared),
      contentType: 'application/merge-patch+json',
      body: { data: { key0: `edited while down, ${turn}` } },
    })
    after = Number(answer.metadata.resourceVersion)
  }
  const what = (): string => `${objectPath(declared)} put right after a restart (${how})`
  return within(
    SEEN_WITHIN_S,
    contestant
      .restart(how, edit)
      .then(async (start) => (await stage.observer.whenHeld(declared, after)) - start),
    what,
  )
}
