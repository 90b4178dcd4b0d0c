import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, it } from 'vitest'
import {
  type ThrowAwayCluster,
  freshNamespace,
  launchThrowAwayCluster,
} from '../support/throw-away-cluster.js'
import type { KubeObject } from './cluster-client.js'
import type { TestCluster } from './launch-cluster.js'
import { type StagePlayer, playStages } from './play-stages.js'

const template = (labels: Readonly<Record<string, string>>, extra = {}): object => ({
  metadata: { labels },
  spec: { containers: [{ name: 'main', image: 'example.invalid/main:1' }], ...extra },
})

function deployment(name: string, replicas: number): object {
  const labels = { app: name }
  return {
    metadata: { name },
    spec: { replicas, selector: { matchLabels: labels }, template: template(labels) },
  }
}

/** Polls `path` until `holds`; the test's own time limit ends it. */
async function until(
  cluster: TestCluster,
  path: string,
  holds: (status: Readonly<Record<string, unknown>>) => boolean,
): Promise<void> {
  for (;;) {
    const object = await cluster.client().expect({ path })
    if (holds((object['status'] ?? {}) as Readonly<Record<string, unknown>>)) return
    await sleep(25)
  }
}

async function pods(cluster: TestCluster, namespace: string): Promise<readonly KubeObject[]> {
  const list = await cluster.client().expect({ path: `/api/v1/namespaces/${namespace}/pods` })
  return list['items'] as readonly KubeObject[]
}

describe.each(['lean', 'full'] as const)('playStages() in a %s cluster', (controllers) => {
  let started: ThrowAwayCluster
  let player: StagePlayer
  let cluster: TestCluster

  beforeAll(async () => {
    started = await launchThrowAwayCluster(controllers)
    cluster = started.cluster
    player = await playStages(cluster, { nodes: 2 })
  })

  afterAll(async () => {
    await player.stop()
    await started.stop()
  })

  it('makes the pods of a Deployment ready', async () => {
    const namespace = await freshNamespace(cluster)
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`
    await cluster.client().expect({ method: 'POST', path, body: deployment('web', 3) })
    await until(cluster, `${path}/web`, (status) => status['availableReplicas'] === 3)
  })

  it('lets deleted pods go', async () => {
    const namespace = await freshNamespace(cluster)
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`
    await cluster.client().expect({ method: 'POST', path, body: deployment('web', 1) })
    await until(cluster, `${path}/web`, (status) => status['availableReplicas'] === 1)
    await cluster.client().expect({ method: 'DELETE', path: `${path}/web` })
    while ((await pods(cluster, namespace)).length > 0) await sleep(25)
  })

  it.runIf(controllers === 'full')('lets a Job complete', async () => {
    const namespace = await freshNamespace(cluster)
    const path = `/apis/batch/v1/namespaces/${namespace}/jobs`
    const spec = { template: template({ job: 'once' }, { restartPolicy: 'Never' }) }
    await cluster.client().expect({ method: 'POST', path, body: { metadata: { name: 'once' }, spec } })
    await until(cluster, `${path}/once`, (status) => status['succeeded'] === 1)
  })

  it('goes on after the API server was killed', async () => {
    await cluster.killApiserver()
    await cluster.startApiserver()
    const namespace = await freshNamespace(cluster)
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`
    await cluster.client().expect({ method: 'POST', path, body: deployment('again', 2) })
    await until(cluster, `${path}/again`, (status) => status['availableReplicas'] === 2)
  })
})
