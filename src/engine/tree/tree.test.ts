import { describe, expect, it } from 'vitest'
import type { Manifest } from '../manifest/manifest.js'
import { buildTree } from './build-tree.js'
import { childKinds } from './child-kinds.js'
import { looseNode } from './loose-node.js'
import { mergedEvents, toObjectEvent } from './object-event.js'
import { podsBelow } from './pods-below.js'

const owned = (kind: string, name: string, owner: string, more: object = {}): Manifest => ({
  apiVersion: kind === 'ReplicaSet' || kind === 'StatefulSet' ? 'apps/v1' : 'v1',
  kind,
  metadata: {
    name,
    namespace: 'shop',
    uid: `u-${name}`,
    ...(owner !== '' && { ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: owner }] }),
  },
  ...more,
})
const web = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web', version: 'v1', uid: 'u-web' }
const ROOT = { ...web, facts: [], images: [], containers: [] }
const names = (nodes: readonly { readonly name: string }[]) => nodes.map(({ name }) => name)

describe('buildTree()', () => {
  it('follows owners from what is managed, and leaves out what belongs to others [1.6 Resource tree]', () => {
    const objects = [
      owned('Pod', 'web-1-a', 'u-web-1'),
      owned('ReplicaSet', 'web-1', 'u-web'),
      owned('ReplicaSet', 'other-1', 'u-other'),
      owned('Pod', 'other-1-a', 'u-other-1'),
      owned('Pod', 'lonely', ''),
    ]
    const tree = buildTree([ROOT], objects.map(looseNode))
    expect(names(tree)).toEqual(['web', 'web-1', 'web-1-a'])
    expect(tree[2]?.parents).toEqual(['u-web-1'])
  })

  it('ends where owners own one another', () => {
    const loop = [owned('Pod', 'a', 'u-b'), owned('Pod', 'b', 'u-a'), owned('Pod', 'a2', 'u-web')]
    expect(
      names(buildTree([{ ...ROOT, uid: 'u-a', name: 'a', kind: 'Pod', group: '' }], loop.map(looseNode))),
    ).toEqual(['a', 'b'])
  })

  it('owns nothing below an object that does not exist', () => {
    expect(names(buildTree([{ ...ROOT, uid: '' }], [looseNode(owned('Pod', 'x', ''))]))).toEqual(['web'])
  })

  it('infers the claims that a StatefulSet made from its templates, and no others', () => {
    const claim = (claimName: string) => ({ name: 'files', persistentVolumeClaim: { claimName } })
    const pod = owned('Pod', 'db-0', 'u-db', { spec: { volumes: [claim('files-db-0'), claim('shared')] } })
    const found = [pod, ...['files-db-0', 'shared'].map((name) => owned('PersistentVolumeClaim', name, ''))]
    const set = { ...ROOT, kind: 'StatefulSet', name: 'db', uid: 'u-db' }
    expect(names(buildTree([set], found.map(looseNode)))).toEqual(['db', 'db-0', 'files-db-0'])
  })
})

describe('looseNode()', () => {
  it('says of a Pod what kubectl get says', () => {
    const waiting = { state: { waiting: { reason: 'CrashLoopBackOff', message: 'again' } } }
    const pod = owned('Pod', 'web-1-a', 'u-web-1', {
      spec: {
        nodeName: 'n1',
        restartPolicy: 'Always',
        containers: [
          { name: 'app', image: 'app:1' },
          { name: 'side', image: 'side:1' },
        ],
      },
      status: {
        phase: 'Running',
        containerStatuses: [
          { ready: false, restartCount: 4, ...waiting },
          { ready: true, restartCount: 0, state: { running: {} } },
        ],
      },
    })
    expect(looseNode(pod)).toMatchObject({
      host: 'n1',
      images: ['app:1', 'side:1'],
      containers: ['app', 'side'],
      health: { status: 'Degraded' },
      facts: [
        { name: 'Status', value: 'CrashLoopBackOff' },
        { name: 'Ready', value: '1/2' },
        { name: 'Restarts', value: '4' },
      ],
    })
  })

  it('A-01 keeps nothing of a Secret but its name', () => {
    const secret = owned('Secret', 'db', 'u-web', {
      data: { password: 'Y2FuYXJ5' },
      stringData: { a: 'canary' },
    })
    const text = JSON.stringify(looseNode(secret))
    expect(text).toContain('"db"')
    expect(text).not.toMatch(/canary|Y2FuYXJ5|password/)
  })
})

describe('childKinds()', () => {
  it('looks only where children can be', () => {
    const kinds = (kind: string, group: string) => childKinds([{ group, kind }]).map((child) => child.kind)
    expect(kinds('Deployment', 'apps')).toEqual(['ReplicaSet', 'Pod'])
    expect(kinds('ConfigMap', '')).toEqual([])
    expect(kinds('Role', 'rbac.authorization.k8s.io')).toEqual([])
    expect(kinds('Postgres', 'db.example.com')).toContain('StatefulSet')
  })
})

describe('podsBelow()', () => {
  it('finds the Pods of a workload, one Pod, or all', () => {
    const objects = [
      owned('ReplicaSet', 'web-1', 'u-web'),
      owned('Pod', 'web-1-b', 'u-web-1'),
      owned('Pod', 'web-1-a', 'u-web-1'),
    ]
    const tree = buildTree(
      [ROOT, { ...ROOT, uid: 'u-job', name: 'job', kind: 'Pod', group: '' }],
      objects.map(looseNode),
    )
    expect(names(podsBelow(tree, { kind: 'Deployment', name: 'web' }))).toEqual(['web-1-a', 'web-1-b'])
    expect(names(podsBelow(tree, { name: 'web-1-b' }))).toEqual(['web-1-b'])
    expect(names(podsBelow(tree, {}))).toEqual(['job', 'web-1-a', 'web-1-b'])
  })
})

describe('mergedEvents()', () => {
  it('counts what repeats and shows the newest first [1.6 Events]', () => {
    const event = (name: string, message: string, lastTimestamp: string) =>
      toObjectEvent({
        ...owned('Event', name, ''),
        involvedObject: { kind: 'Pod', apiVersion: 'v1', name: 'p', namespace: 'shop', uid: 'u-p' },
        message,
        count: 2,
        lastTimestamp,
        firstTimestamp: lastTimestamp,
      })
    const merged = mergedEvents(
      [
        event('a', 'pulled', '2026-01-01T00:00:01Z'),
        event('b', 'back-off', '2026-01-01T00:00:02Z'),
        event('c', 'back-off', '2026-01-01T00:00:05Z'),
      ],
      10,
    )
    expect(merged.map(({ message, count, firstSeenAt }) => [message, count, firstSeenAt])).toEqual([
      ['back-off', 4, '2026-01-01T00:00:02Z'],
      ['pulled', 2, '2026-01-01T00:00:01Z'],
    ])
  })
})
