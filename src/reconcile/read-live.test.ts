import { beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../base/logger.js'
import type { LogsWish } from '../applications/live-reads.js'
import type { Manifest } from '../engine/manifest/manifest.js'
import { TRACKING_ANNOTATION, trackingId } from '../engine/manifest/tracking.js'
import { FakeCluster } from '../kube/fake/fake-cluster.js'
import { ClusterSession } from './cluster-session.js'
import { OwnerLiveReads } from './read-live.js'

const SHOP = { namespace: 'argocd', name: 'shop' }
const EVENT_KIND = {
  group: '',
  kind: 'Event',
  version: 'v1',
  plural: 'events',
  namespaced: true,
  verbs: ['list', 'watch'],
}

let cluster: FakeCluster
let session: ClusterSession
let reads: OwnerLiveReads

const object = (kind: string, name: string, more: object = {}, namespace = 'shop'): Manifest => {
  const apiVersion = ['Deployment', 'ReplicaSet'].includes(kind) ? 'apps/v1' : 'v1'
  return { apiVersion, kind, ...more, metadata: { ...(more as Manifest).metadata, name, namespace } }
}
/** Puts what an application manages into cluster, inventory and live index. */
function managed(manifest: Manifest): Manifest {
  const [group, kind] = [manifest.apiVersion === 'v1' ? '' : 'apps', manifest.kind]
  const key = { group, kind, namespace: 'shop', name: manifest.metadata.name }
  const annotations = {
    [TRACKING_ANNOTATION]: trackingId(SHOP, key, 'shop'),
    ...manifest.metadata.annotations,
  }
  const live = cluster.put({ ...manifest, metadata: { ...manifest.metadata, annotations } })
  session.forms.set({ ...key, applicationId: 'a1', version: 'v1' })
  session.live.applied(live)
  return live
}
function child(kind: string, name: string, owner: Manifest, more: object = {}): Manifest {
  const { apiVersion, kind: ownerKind, metadata } = owner
  const ownerReferences = [{ apiVersion, kind: ownerKind, name: metadata.name, uid: metadata.uid ?? '' }]
  return cluster.put(object(kind, name, { ...more, metadata: { ownerReferences } }))
}

beforeEach(() => {
  cluster = new FakeCluster({ namespaces: ['shop', 'other'] })
  cluster.addKind(EVENT_KIND)
  session = new ClusterSession({
    record: { id: 'c1', name: 'one', server: 'https://x' } as never,
    cluster,
    hmac: (text) => text,
    onChange: () => undefined,
    logger: silentLogger,
    uid: 'u',
    onAnother: () => undefined,
  })
  const application = { id: 'a1', ...SHOP, spec: { destination: { name: 'one', namespace: 'shop' } } }
  reads = new OwnerLiveReads({
    stores: { applications: { get: async () => application, status: async () => undefined } } as never,
    sessions: { of: async () => session } as never,
    compare: {} as never,
    limits: { dryRunFirst: 'auto' },
  })
})

function aWorkload() {
  const web = managed(object('Deployment', 'web'))
  const set = child('ReplicaSet', 'web-1', web)
  const containers = [{ name: 'app', image: 'app:1' }]
  const pods = ['web-1-a', 'web-1-b'].map((name) => child('Pod', name, set, { spec: { containers } }))
  return { web, set, pods }
}
const watches = () =>
  cluster.calls.filter(({ verb }) => verb === 'watch').map(({ kind, namespace }) => `${kind} ${namespace}`)

async function linesOf(wish: LogsWish): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const batch of reads.logs('a1', wish, new AbortController().signal))
    for (const { pod, text } of batch) lines.push(`${pod} ${text}`)
  return lines
}

describe('OwnerLiveReads', () => {
  it('an application sees its own tree only, and opens watches only in its namespaces [1.6 Resource tree]', async () => {
    aWorkload()
    cluster.put(object('Pod', 'neighbour'))
    cluster.put(object('Pod', 'foreign', {}, 'other'))
    const { nodes, blind } = await reads.tree('a1')
    expect(nodes.map(({ name }) => name)).toEqual(['web', 'web-1', 'web-1-a', 'web-1-b'])
    expect(blind).toEqual([])
    expect(watches()).toEqual(['ReplicaSet shop', 'Pod shop'])
    expect(
      await reads.live('a1', { group: '', kind: 'Pod', namespace: 'shop', name: 'neighbour' }),
    ).toBeUndefined()
  })

  it('asks nothing of the cluster for a second look, and sees what changed meanwhile', async () => {
    const { set } = aWorkload()
    await reads.tree('a1')
    const before = cluster.calls.length
    child('Pod', 'web-1-c', set)
    expect((await reads.tree('a1')).nodes).toHaveLength(5)
    expect(cluster.calls.slice(before).map(({ verb }) => verb)).not.toContain('list')
    expect(watches()).toHaveLength(2)
  })

  it('streams the tree, then only what changed', async () => {
    const { set } = aWorkload()
    const leave = new AbortController()
    const changes = reads.treeChanges('a1', leave.signal)[Symbol.asyncIterator]()
    expect((await changes.next()).value).toMatchObject({ sequence: 1, nodes: { length: 4 } })
    child('Pod', 'web-1-c', set)
    expect((await changes.next()).value).toMatchObject({ sequence: 2, nodes: [{ name: 'web-1-c' }] })
    cluster.remove({ group: '', kind: 'Pod', namespace: 'shop', name: 'web-1-c' })
    expect((await changes.next()).value).toMatchObject({ sequence: 3, removed: [{ name: 'web-1-c' }] })
    leave.abort()
    expect((await changes.next()).done).toBe(true)
  })

  it('A-59 masks data and the annotation that repeats it, the same for equal values of two Secrets', async () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":"canary"}' }
    for (const name of ['one', 'two'])
      managed(object('Secret', name, { data: { a: 'Y2FuYXJ5' }, metadata: { annotations } }))
    managed(object('Secret', 'three', { data: { a: 'b3RoZXI=' } }))
    const shown = await reads.manifests('a1', { source: 'live' })
    expect(shown).toHaveLength(3)
    expect(JSON.stringify(shown)).not.toMatch(/canary|Y2FuYXJ5|b3RoZXI/)
    expect(new Set(shown.map((secret) => JSON.stringify(secret['data']))).size).toBe(1)
  })

  it('merges the logs of a workload by time, with filter and tail [1.6 Logs]', async () => {
    aWorkload()
    const at = (second: number, text: string) => `2026-01-01T00:00:0${second}Z ${text}`
    cluster.written.set('shop/web-1-a/app', [at(1, 'up'), at(3, 'Error one')])
    cluster.written.set('shop/web-1-b/app', [at(2, 'up'), at(4, 'fine')])
    const web = { kind: 'Deployment', name: 'web' }
    expect(await linesOf(web)).toEqual(['web-1-a up', 'web-1-b up', 'web-1-a Error one', 'web-1-b fine'])
    expect(await linesOf({ ...web, filter: 'error' })).toEqual(['web-1-a Error one'])
    expect(await linesOf({ ...web, tailLines: 1 })).toEqual(['web-1-a Error one', 'web-1-b fine'])
    expect((await linesOf({ ...web, follow: true })).toSorted()).toHaveLength(4)
    await expect(linesOf({ name: 'neighbour' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('refuses more Pods at once than can be read', async () => {
    const { set } = aWorkload()
    for (let at = 0; at < 9; at += 1) child('Pod', `more-${at}`, set, { spec: { containers: [] } })
    await expect(linesOf({})).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: /^11 Pods are meant/ })
  })

  it('shows events of its objects by uid, not those of a neighbour', async () => {
    const { pods } = aWorkload()
    const event = (name: string, uid: string) =>
      cluster.put(object('Event', name, { involvedObject: { kind: 'Pod', name, uid }, message: name }))
    event('ours', pods[0]?.metadata.uid ?? '')
    event('theirs', 'another')
    expect((await reads.events('a1')).map(({ message }) => message)).toEqual(['ours'])
    expect(await reads.events('a1', { group: '', kind: 'Pod', namespace: 'shop', name: 'web-1-b' })).toEqual(
      [],
    )
  })
})
