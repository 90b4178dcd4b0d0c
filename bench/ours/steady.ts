import { setTimeout as sleep } from 'node:timers/promises'
import { useOfTrees } from '../measure/program-tree.js'
import type { Round } from '../measure/result.js'
import { rounded } from '../measure/statistics.js'
import type { BenchOptions } from '../options.js'
import { startRelay } from '../relay/relay.js'
import { openStage } from '../stage.js'
import { firstSync, untilSettled } from '../workloads/first-sync.js'
import { measured } from '../workloads/measured.js'
import { startOurs } from './ours.js'
import { freePort } from './program.js'

const ADDRESS = '127.0.1.1'
/** Whatever follows a first sync has settled then. */
const SETTLE_S = 60

/** B2: synced, and nothing happens: the share of a core, and the requests by verb, counted on their way. */
export async function steadyState(options: BenchOptions): Promise<Round> {
  const stage = await openStage(options.shape)
  const { server, caPem, tokens } = stage.cluster
  const upstreams = [{ server, caPem, token: tokens.sut }]
  const relay = await startRelay({ addresses: [ADDRESS], port: await freePort(), upstreams })
  try {
    const destinations = [{ name: 'bench', kubeconfig: relay.kubeconfig(ADDRESS) }]
    const ours = await startOurs({ stage, options, destinations })
    try {
      await firstSync(stage, ours)
      await untilSettled(stage, ours)
      await sleep(Math.min(SETTLE_S, options.idleSeconds) * 1000)
      const measurement = await measured(stage, ours, async () => {
        const [countsBefore, before] = [await relay.counts(), await useOfTrees(ours.pids)]
        await sleep(options.idleSeconds * 1000)
        const [counts, after] = [await relay.counts(), await useOfTrees(ours.pids)]
        const share = (after.cpuSeconds - before.cpuSeconds) / options.idleSeconds
        const figures = { percent_of_a_core: rounded(share * 100) ?? 0, ...byVerb(counts, countsBefore) }
        return { touched: 0, figures }
      })
      return { floor: null, ours: measurement }
    } finally {
      await ours.stop()
    }
  } finally {
    relay.stop()
    await stage.close()
  }
}

function byVerb(
  after: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const verbs = Object.entries(after).map(([verb, count]) => [verb, count - (before[verb] ?? 0)] as const)
  const others = verbs.filter(([verb]) => verb !== 'WATCH').reduce((sum, [, count]) => sum + count, 0)
  return {
    calls_besides_watches: others,
    ...Object.fromEntries(verbs.map(([verb, count]) => [`calls_${verb.toLowerCase()}`, count])),
  }
}
