import type { KubeObject } from './cluster-client.js'
import type { TestCluster } from './launch-cluster.js'

const FIELD_MERGE = 'application/strategic-merge-patch+json'
/** At a rollout of hundreds of pods the API server should not be flooded by its own test bed. */
const AT_ONCE = 16

interface Container {
  readonly name: string
  readonly image: string
}

/** What happens to a pod without a kubelet, one pod at a time. */
export class PodStages {
  private readonly cluster: TestCluster
  private readonly schedules: boolean
  private readonly waiting: KubeObject[] = []
  private running = 0
  private addresses = 0

  constructor(cluster: TestCluster) {
    this.cluster = cluster
    this.schedules = cluster.controllers === 'lean'
  }

  /** Lists, then watches until the stream ends (the API server closes it now and then). */
  async follow(signal: AbortSignal): Promise<void> {
    const client = this.cluster.client()
    const list = await client.expect({ path: '/api/v1/pods' })
    for (const pod of list['items'] as readonly KubeObject[]) this.enqueue(pod)
    const version = list.metadata.resourceVersion ?? ''
    for await (const event of client.watch(`/api/v1/pods?watch=true&resourceVersion=${version}`, signal)) {
      if (event.type === 'ERROR') return
      if (event.type !== 'DELETED') this.enqueue(event.object)
    }
  }

  private enqueue(pod: KubeObject): void {
    this.waiting.push(pod)
    if (this.running < AT_ONCE) void this.work()
  }

  private async work(): Promise<void> {
    this.running += 1
    for (let pod = this.waiting.shift(); pod !== undefined; pod = this.waiting.shift()) {
      // A pod that changed meanwhile comes again with its next event.
      await this.play(pod).catch(() => undefined)
    }
    this.running -= 1
  }

  private async play(pod: KubeObject): Promise<void> {
    if (pod.metadata.deletionTimestamp !== undefined) return this.remove(pod)
    const spec = pod['spec'] as { readonly nodeName?: string }
    if (spec.nodeName === undefined) return this.schedules ? this.bind(pod) : undefined
    const phase = (pod['status'] as { readonly phase?: string } | undefined)?.phase
    if (phase === undefined || phase === 'Pending') return this.begin(pod)
    if (phase === 'Running' && isOfJob(pod)) return this.succeed(pod)
    return undefined
  }

  private async bind(pod: KubeObject): Promise<void> {
    const target = { apiVersion: 'v1', kind: 'Node', name: 'node-0' }
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: pod.metadata.name }, target }
    await this.cluster.client().request({ method: 'POST', path: `${pathOf(pod)}/binding`, body })
  }

  private begin(pod: KubeObject): Promise<void> {
    const now = new Date().toISOString()
    this.addresses += 1
    const address = `10.1.${(this.addresses >> 8) & 255}.${this.addresses & 255}`
    const ready = ['Initialized', 'PodScheduled', 'ContainersReady', 'Ready']
    const inits = containersOf(pod, 'initContainers').map((container) => statusOf(container, ended(now)))
    const mains = containersOf(pod, 'containers').map((container) =>
      statusOf(container, { running: { startedAt: now } }),
    )
    return this.patchStatus(pod, {
      phase: 'Running',
      startTime: now,
      hostIP: '127.0.0.1',
      podIP: address,
      podIPs: [{ ip: address }],
      conditions: ready.map((type) => ({ type, status: 'True', lastTransitionTime: now })),
      ...(inits.length > 0 ? { initContainerStatuses: inits } : {}),
      containerStatuses: mains,
    })
  }

  private succeed(pod: KubeObject): Promise<void> {
    const now = new Date().toISOString()
    const reason = 'PodCompleted'
    const conditions = ['ContainersReady', 'Ready'].map((type) => ({
      ...{ type, status: 'False', reason, lastTransitionTime: now },
    }))
    const statuses = containersOf(pod, 'containers').map((container) => statusOf(container, ended(now)))
    return this.patchStatus(pod, { phase: 'Succeeded', conditions, containerStatuses: statuses })
  }

  private async remove(pod: KubeObject): Promise<void> {
    const body = { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } }
    await this.cluster.client().request({ method: 'DELETE', path: pathOf(pod), body })
  }

  private async patchStatus(pod: KubeObject, status: Readonly<Record<string, unknown>>): Promise<void> {
    const body = { metadata: { uid: pod.metadata.uid }, status }
    const path = `${pathOf(pod)}/status`
    await this.cluster.client().request({ method: 'PATCH', path, contentType: FIELD_MERGE, body })
  }
}

function pathOf(pod: KubeObject): string {
  return `/api/v1/namespaces/${pod.metadata.namespace ?? 'default'}/pods/${pod.metadata.name}`
}

function isOfJob(pod: KubeObject): boolean {
  const owners = (pod.metadata['ownerReferences'] ?? []) as readonly { readonly kind: string }[]
  return owners.some((owner) => owner.kind === 'Job')
}

function containersOf(pod: KubeObject, field: 'containers' | 'initContainers'): readonly Container[] {
  const spec = pod['spec'] as Readonly<Record<string, readonly Container[] | undefined>>
  return spec[field] ?? []
}

function statusOf(container: Container, state: Readonly<Record<string, unknown>>): unknown {
  const runs = 'running' in state
  const { name, image } = container
  return { name, image, imageID: '', restartCount: 0, ready: runs, started: runs, state }
}

function ended(at: string): Readonly<Record<string, unknown>> {
  return { terminated: { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at } }
}
