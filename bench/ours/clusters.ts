import { setTimeout as sleep } from 'node:timers/promises'
import type { Measurement, Round } from '../measure/result.js'
import { quantile, rounded } from '../measure/statistics.js'
import type { BenchOptions } from '../options.js'
import { type RepositoryShape, namespaceOf } from '../repository/manifests.js'
import { type Relay, startRelay } from '../relay/relay.js'
import { type Stage, openStage } from '../stage.js'
import { changedConfigMap, commitAndWait } from '../workloads/commits.js'
import { firstSync, untilSettled } from '../workloads/first-sync.js'
import { measured } from '../workloads/measured.js'
import { pick } from '../workloads/pick.js'
import { type Destination, type Ours, startOurs } from './ours.js'
import { freePort } from './program.js'

const APPS_PER_CLUSTER = 20
const DEAD = 0

/**
 * I: many clusters, each behind an address of its own and used in one namespace. The same commits, each changing an
 * application of the first cluster too, before (`floor`) and after (`ours`) that cluster fell silent.
 */
export async function manyClusters(options: BenchOptions): Promise<Round> {
  const shape: RepositoryShape = {
    apps: options.clusters * APPS_PER_CLUSTER,
    objects: 1,
    variant: 'cm1',
    seed: options.shape.seed,
    appsPerNamespace: APPS_PER_CLUSTER,
  }
  const stage = await openStage(shape)
  const addresses = Array.from({ length: options.clusters }, (_, index) => addressOf(index))
  const { server, caPem, tokens } = stage.cluster
  const upstreams = [{ server, caPem, token: tokens.sut }]
  const relay = await startRelay({ addresses, port: await freePort(), upstreams })
  try {
    const destinations = addresses.map((address, index): Destination => ({
      name: `cluster-${index}`,
      kubeconfig: relay.kubeconfig(address),
      namespaces: [namespaceOf(index * APPS_PER_CLUSTER, shape)],
    }))
    const ours = await startOurs({ stage, options, destinations })
    return await bothPhases({ stage, ours, relay, options }).finally(() => ours.stop())
  } finally {
    relay.stop()
    await stage.close()
  }
}

interface Setting {
  readonly stage: Stage
  readonly ours: Ours
  readonly relay: Relay
  readonly options: BenchOptions
}

async function bothPhases(setting: Setting): Promise<Round> {
  const { stage, ours, relay, options } = setting
  await firstSync(stage, ours)
  await untilSettled(stage, ours)
  const healthy = await phase(setting, 'before')
  await relay.swallow(addressOf(DEAD))
  const last = await phase(setting, 'after')
  refuseUnlessDead(stage, options)
  const ratio = (last.p95_ms ?? 0) / (healthy.p95_ms ?? 1)
  const figures = { ...last.figures, p95_by_healthy: rounded(ratio) ?? 0 }
  return { floor: healthy, ours: { ...last, figures } }
}

function phase({ stage, ours, options }: Setting, name: string): Promise<Measurement> {
  return measured(stage, ours, async () => {
    const latencies: number[] = []
    for (let turn = 0; turn < options.repeats; turn += 1) {
      const others = stage.shape.apps - APPS_PER_CLUSTER
      const index = APPS_PER_CLUSTER + pick(turn, { ...stage.shape, apps: others })
      const watched = changedConfigMap(stage, index, `${name}-${turn}`)
      const besides = changedConfigMap(stage, turn % APPS_PER_CLUSTER, `${name}-${turn}`)
      latencies.push(await commitAndWait(stage, ours, { watched, besides }))
      await sleep(options.spacingMs)
    }
    return {
      latenciesMs: latencies,
      touched: latencies.length,
      figures: { max_ms: quantile(latencies, 1) ?? 0 },
    }
  })
}

/** A fault that did not happen proves nothing: what was committed for the silent cluster must not have arrived. */
function refuseUnlessDead(stage: Stage, { repeats }: BenchOptions): void {
  if (repeats === 0) return
  const turn = repeats - 1
  const wanted = changedConfigMap(stage, turn % APPS_PER_CLUSTER, `after-${turn}`)
  if (stage.observer.missing([wanted]).length === 0)
    throw new Error('The silent cluster got its commit: it was not silent, so nothing was measured')
}

function addressOf(index: number): string {
  return `127.0.1.${index + 1}`
}
