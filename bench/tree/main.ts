import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { closeAll } from '../closers.js'
import { callsOf } from '../measure/api-calls.js'
import { tell, type Figure } from '../measure/report.js'
import { quantile } from '../measure/statistics.js'
import { type Ours, startOurs } from '../ours/ours.js'
import { appName } from '../repository/manifests.js'
import { openStage, type Stage } from '../stage.js'
import { firstSync, untilSettled } from '../workloads/first-sync.js'
import { createChildren } from './children.js'

const USAGE = `usage: node dist/bench/tree/main.js [--resources N] [--looks N] [--roles one|split] [--json FILE]
  Two applications: half of the resources of each are declared, half are children of them. A page is read by one request.
`
const MOST_MS = 300
const MOST_REQUESTS = 3
/** Children are made through another client: the cluster has them all a moment before they are seen. */
const SETTLE_MS = 2_000
/** The first one makes the processes warm: its first look is told, too. */
const [WARMING, MEASURED] = [appName(0), appName(1)]
const WARM_LOOKS = 10
const PAGE = `query($name: String!) { application(name: $name) { name sync health { status message } revisions observedAt resourceTree {
  nodes { group kind namespace name version uid parents health { status message } facts { name value } images containers host createdAt }
  hosts { name pods } blind } } }`

const { values } = parseArgs({
  options: {
    resources: { type: 'string', default: '2000' },
    looks: { type: 'string', default: '40' },
    roles: { type: 'string', default: 'split' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void closeAll().then(() => process.exit(130)))
if (values.help) process.stdout.write(USAGE)
else process.exit((await measure()) ? 0 : 1)

async function measure(): Promise<boolean> {
  const half = Math.floor(Number(values.resources) / 2)
  const roles = values.roles === 'one' ? 'one' : 'split'
  const stage = await openStage({ apps: 2, objects: half, variant: 'plain', seed: 1 })
  try {
    const ours = await startOurs({ stage, options: { roles, dryRunFirst: 'auto' } })
    try {
      await firstSync(stage, ours)
      await untilSettled(stage, ours)
      for (const name of [WARMING, MEASURED]) await createChildren(stage.cluster.client(), name, half)
      await sleep(SETTLE_MS)
      const at = { resources: half * 2, declared: half, children: half, looks: Number(values.looks), roles }
      const what =
        'The page of one application with all nodes of its tree, as one request to the gateway, until its answer is parsed.'
      return await tell({ what, at, figures: await looks(stage, ours) }, values.json)
    } finally {
      await ours.stop()
    }
  } finally {
    await stage.close()
  }
}

async function looks(stage: Stage, ours: Ours): Promise<readonly Figure[]> {
  const admin = stage.cluster.client()
  const cold = await look(ours, WARMING)
  await looksAt(ours, WARMING, WARM_LOOKS)
  const calls = await callsOf(admin, ours.user)
  const first = await look(ours, MEASURED)
  const opened = await callsOf(admin, ours.user)
  const times = await looksAt(ours, MEASURED, Number(values.looks))
  const later = await callsOf(admin, ours.user)
  return [
    { figure: 'nodes', value: first.nodes },
    { figure: 'bytes of the answer', value: first.bytes },
    { figure: 'first look ms, watches of children opened', value: first.milliseconds, most: MOST_MS },
    { figure: 'first look ms, by processes that never had one', value: cold.milliseconds },
    { figure: 'later looks ms, p50', value: quantile(times, 0.5), most: MOST_MS },
    { figure: 'later looks ms, p95', value: quantile(times, 0.95), most: MOST_MS },
    { figure: 'requests to the gateway', value: 1, most: MOST_REQUESTS },
    { figure: 'requests of the first look to the cluster', value: opened - calls },
    { figure: 'requests of all later looks to the cluster', value: later - opened },
  ]
}

async function looksAt(ours: Ours, name: string, count: number): Promise<readonly number[]> {
  const times: number[] = []
  for (let turn = 0; turn < count; turn += 1) times.push((await look(ours, name)).milliseconds)
  return times
}

async function look(
  ours: Ours,
  name: string,
): Promise<{ readonly milliseconds: number; readonly nodes: number; readonly bytes: number }> {
  const begin = performance.now()
  const answer = await ours.api.ask(PAGE, { name })
  const milliseconds = performance.now() - begin
  const { resourceTree } = answer['application'] as { readonly resourceTree: Tree }
  const wanted = Number(values.resources)
  if (resourceTree.blind.length > 0 || resourceTree.nodes.length < wanted)
    throw new Error(`Only ${resourceTree.nodes.length} of ${wanted} nodes: ${resourceTree.blind.join('; ')}`)
  return { milliseconds, nodes: resourceTree.nodes.length, bytes: JSON.stringify(answer).length }
}

interface Tree {
  readonly nodes: readonly unknown[]
  readonly blind: readonly string[]
}
