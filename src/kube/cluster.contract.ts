import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Manifest } from '../engine/manifest/manifest.js'
import { keyOf } from '../engine/manifest/manifest.js'
import type { Cluster, WatchListener } from './cluster.js'

export interface ClusterFixture {
  readonly cluster: Cluster
  /** An existing namespace that the suite may fill. */
  readonly namespace: string
}

const CONFIG_MAP = { group: '', kind: 'ConfigMap' }

/** What every Cluster keeps, however it is reached. */
export function clusterContract(makeFixture: () => Promise<ClusterFixture>): void {
  let cluster: Cluster
  let namespace: string
  const freshName = (): string => `c-${randomBytes(5).toString('hex')}`
  const configMap = (name: string, data: Record<string, string>): Manifest => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: { app: 'shop' } },
    data,
  })

  beforeAll(async () => {
    ;({ cluster, namespace } = await makeFixture())
  })
  afterAll(async () => {
    await cluster.close()
  })

  describe('identity() and catalog()', () => {
    it('tell which cluster it is and what it serves', async () => {
      expect(await cluster.identity()).toEqual({
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        version: expect.stringMatching(/^v1\./) as string,
      })
      const { kinds, failedGroups } = await cluster.catalog()
      expect(kinds.get('apps/Deployment')).toMatchObject({
        version: 'v1',
        plural: 'deployments',
        namespaced: true,
      })
      expect(kinds.get('/Namespace')).toMatchObject({ namespaced: false })
      expect([...failedGroups]).toEqual([])
    })
  })

  describe('apply()', () => {
    it('creates, then changes nothing when nothing changed', async () => {
      const manifest = configMap(freshName(), { a: '1' })
      const first = await cluster.apply(manifest)
      const second = await cluster.apply(manifest)
      expect(first.created).toBe(true)
      expect(first.object.metadata.uid).toBeTruthy()
      expect(second.created).toBe(false)
      expect(second.object.metadata.resourceVersion).toBe(first.object.metadata.resourceVersion)
    })

    it('records the applied fields under its manager', async () => {
      const { object } = await cluster.apply(configMap(freshName(), { a: '1' }))
      expect(object.metadata.managedFields).toMatchObject([
        {
          manager: 'argocd-controller',
          operation: 'Apply',
          fieldsV1: { 'f:data': { 'f:a': {} }, 'f:metadata': { 'f:labels': { 'f:app': {} } } },
        },
      ])
    })

    it('records keyed lists by their keys', async () => {
      const template = {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [
            { name: 'web', image: 'web:1', args: ['-v'], ports: [{ containerPort: 80, protocol: 'TCP' }] },
          ],
        },
      }
      const { object } = await cluster.apply({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: freshName(), namespace },
        spec: { replicas: 0, selector: { matchLabels: { app: 'web' } }, template },
      })
      const entry = object.metadata.managedFields?.find(({ manager }) => manager === 'argocd-controller')
      const port = { '.': {}, 'f:containerPort': {}, 'f:protocol': {} }
      const ports = { 'k:{"containerPort":80,"protocol":"TCP"}': port }
      const container = { '.': {}, 'f:name': {}, 'f:image': {}, 'f:args': {}, 'f:ports': ports }
      expect(entry?.fieldsV1).toEqual({
        'f:spec': {
          'f:replicas': {},
          'f:selector': {},
          'f:template': {
            'f:metadata': { 'f:labels': { 'f:app': {} } },
            'f:spec': { 'f:containers': { 'k:{"name":"web"}': container } },
          },
        },
      })
    })

    it('removes what it no longer declares and keeps what others declared', async () => {
      const name = freshName()
      await cluster.apply(configMap(name, { a: '1', b: '1' }))
      await cluster.apply(configMap(name, { c: '1' }), { fieldManager: 'other' })
      const { object } = await cluster.apply(configMap(name, { a: '2' }))
      expect(object['data']).toEqual({ a: '2', c: '1' })
    })

    it('takes a field from another manager', async () => {
      const name = freshName()
      await cluster.apply(configMap(name, { a: '1' }), { fieldManager: 'other' })
      const { object } = await cluster.apply(configMap(name, { a: '2' }))
      expect(object['data']).toEqual({ a: '2' })
      const other = object.metadata.managedFields?.find(({ manager }) => manager === 'other')
      expect(other?.fieldsV1).toEqual({ 'f:metadata': { 'f:labels': { 'f:app': {} } } })
    })

    it('with dryRun answers what would be, and writes nothing', async () => {
      const manifest = configMap(freshName(), { a: '1' })
      const { object, created } = await cluster.apply(manifest, { dryRun: true })
      expect(object['data']).toEqual({ a: '1' })
      expect(created).toBe(true)
      expect(await cluster.get(keyOf(manifest))).toBeUndefined()
    })

    it('fails with NOT_FOUND in a namespace that does not exist, or for a kind that is not served', async () => {
      const lost = { ...configMap('x', {}), metadata: { name: 'x', namespace: 'no-such-namespace' } }
      await expect(cluster.apply(lost)).rejects.toMatchObject({ code: 'NOT_FOUND', retry: 'backoff' })
      const unserved = { ...configMap('x', {}), apiVersion: 'example.com/v1', kind: 'Widget' }
      await expect(cluster.apply(unserved)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    })
  })

  describe('get() and list()', () => {
    it('see what was applied, and undefined for what is not there', async () => {
      const manifest = configMap(freshName(), { a: '1' })
      await cluster.apply(manifest)
      expect(await cluster.get(keyOf(manifest))).toMatchObject(manifest)
      expect(await cluster.list(CONFIG_MAP, namespace)).toContainEqual(
        expect.objectContaining({ data: { a: '1' } }),
      )
      expect(await cluster.get({ ...keyOf(manifest), name: 'absent' })).toBeUndefined()
    })

    it('list() refuses a kind that is not served, rather than answering none', async () => {
      await expect(cluster.list({ group: 'example.com', kind: 'Widget' })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
    })
  })

  describe('create() and replace()', () => {
    it('write the object as a whole, once, and only over the version that was read', async () => {
      const manifest = configMap(freshName(), { a: '1', b: '1' })
      const { object, created } = await cluster.create(manifest)
      expect(created).toBe(true)
      await expect(cluster.create(manifest)).rejects.toMatchObject({ code: 'CONFLICT' })
      const { resourceVersion = '' } = object.metadata
      const next = { ...manifest, data: { a: '2' } }
      expect((await cluster.replace(next, { resourceVersion })).object['data']).toEqual({ a: '2' })
      await expect(cluster.replace(next, { resourceVersion })).rejects.toMatchObject({ code: 'CONFLICT' })
    })

    it('change nothing on a dry run', async () => {
      const manifest = configMap(freshName(), { a: '1' })
      expect((await cluster.create(manifest, { dryRun: true })).created).toBe(true)
      expect(await cluster.get(keyOf(manifest))).toBeUndefined()
      const { resourceVersion = '' } = (await cluster.create(manifest)).object.metadata
      await cluster.replace({ ...manifest, data: { a: '2' } }, { resourceVersion, dryRun: true })
      expect((await cluster.get(keyOf(manifest)))?.['data']).toEqual({ a: '1' })
    })
  })

  describe('patch()', () => {
    it('changes the object when its test holds, else fails with CONFLICT', async () => {
      const manifest = configMap(freshName(), { a: '1' })
      const { resourceVersion } = (await cluster.apply(manifest)).object.metadata
      const operations = [
        { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
        { op: 'replace', path: '/data/a', value: '2' },
      ] as const
      expect(await cluster.patch(keyOf(manifest), operations)).toMatchObject({ data: { a: '2' } })
      await expect(cluster.patch(keyOf(manifest), operations)).rejects.toMatchObject({ code: 'CONFLICT' })
    })
  })

  describe('delete()', () => {
    it('removes the object, and says false when it is gone already', async () => {
      const manifest = configMap(freshName(), { a: '1' })
      const { uid } = (await cluster.apply(manifest)).object.metadata
      expect(await cluster.delete(keyOf(manifest), uid === undefined ? {} : { uid })).toBe(true)
      expect(await cluster.get(keyOf(manifest))).toBeUndefined()
      expect(await cluster.delete(keyOf(manifest))).toBe(false)
    })

    it.each([{ uid: '00000000-0000-4000-8000-0000000000ff' }, { resourceVersion: '1' }])(
      'fails with CONFLICT when %o does not hold',
      async (precondition) => {
        const manifest = configMap(freshName(), { a: '1' })
        await cluster.apply(manifest)
        await expect(cluster.delete(keyOf(manifest), precondition)).rejects.toMatchObject({
          code: 'CONFLICT',
        })
        expect(await cluster.get(keyOf(manifest))).toBeDefined()
      },
    )
  })

  describe('watch()', () => {
    it('tells the whole list, then each change and deletion', async () => {
      const before = configMap(freshName(), { a: '1' })
      await cluster.apply(before)
      const seen: string[] = []
      const listener: WatchListener = {
        replaced: (objects) => seen.push(...objects.map((object) => `listed ${object.metadata.name}`)),
        event: ({ type, object }) =>
          seen.push(`${type} ${object.metadata.name} ${JSON.stringify(object['data'])}`),
        health: () => undefined,
      }
      const watch = cluster.watch(CONFIG_MAP, listener)
      await watch.ready
      expect(seen).toContain(`listed ${before.metadata.name}`)

      const name = freshName()
      await cluster.apply(configMap(name, { a: '1' }))
      await cluster.apply(configMap(name, { a: '2' }))
      await cluster.delete(keyOf(configMap(name, {})))
      const wanted = [`changed ${name} {"a":"1"}`, `changed ${name} {"a":"2"}`, `deleted ${name} {"a":"2"}`]
      await vi.waitFor(() => expect(seen.filter((text) => text.includes(` ${name} `))).toEqual(wanted), 5000)
      watch.stop()
    })
  })
}
