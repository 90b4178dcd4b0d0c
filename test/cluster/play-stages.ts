import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from './cluster-client.js'
import type { TestCluster } from './launch-cluster.js'
import { PodStages } from './pod-stages.js'
import { createNodes, readyConditions } from './prepare-cluster.js'

const HEARTBEAT_MS = 10_000
const MERGE = 'application/merge-patch+json'

export interface StageOptions {
  /** At least so many fake nodes; default 1. */
  readonly nodes?: number
}

export interface StagePlayer {
  stop(): Promise<void>
}

/**
 * Plays the kubelet of every node: pods become Running and Ready as soon as they are scheduled, pods of Jobs
 * succeed, pods being deleted go away, nodes stay Ready. In a lean cluster it is the scheduler as well.
 */
export async function playStages(cluster: TestCluster, options: StageOptions = {}): Promise<StagePlayer> {
  const end = new AbortController()
  await createNodes(cluster.client(), options.nodes ?? 1)
  const stages = new PodStages(cluster)
  const playing = [
    forever(end.signal, 100, () => stages.follow(end.signal)),
    forever(end.signal, HEARTBEAT_MS, () => beat(cluster)),
  ]
  const stop = async (): Promise<void> => {
    end.abort()
    await Promise.all(playing)
  }
  return { stop }
}

/** The API server may be killed by a test at any time: whatever fails is simply begun again. */
async function forever(signal: AbortSignal, pauseMs: number, round: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await round().catch(() => undefined)
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
  }
}

/** Without a renewed lease the node lifecycle controller calls a node lost after 40 seconds. */
async function beat(cluster: TestCluster): Promise<void> {
  const list = await cluster.client().expect({ path: '/api/v1/nodes' })
  const nodes = list['items'] as readonly KubeObject[]
  await Promise.all(nodes.map((node) => renew(cluster, node.metadata.name)))
}

async function renew(cluster: TestCluster, name: string): Promise<void> {
  const now = new Date().toISOString()
  const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
  const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: now.replace('Z', '000Z') }
  const client = cluster.client()
  const renewed = await client.request({
    method: 'PATCH',
    path: `${leases}/${name}`,
    contentType: MERGE,
    body: { spec },
  })
  if (renewed.status === 404) {
    await client.request({ method: 'POST', path: leases, body: { metadata: { name }, spec } })
  }
  await client.request({
    method: 'PATCH',
    path: `/api/v1/nodes/${name}/status`,
    contentType: 'application/strategic-merge-patch+json',
    body: { status: { conditions: readyConditions(now) } },
  })
}
