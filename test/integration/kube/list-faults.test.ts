import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ApiCatalog } from '../../../src/engine/manifest/api-catalog.js'
import { findKind } from '../../../src/engine/manifest/api-catalog.js'
import type { Cluster } from '../../../src/kube/cluster.js'
import type { Lie } from '../../support/lying-proxy.js'
import { CONFIG_MAP, fill, LIST, NEXT_PAGE, startLyingCluster, type LyingCluster } from './lying-cluster.js'
import { Mirror } from './mirror.js'

let lying: LyingCluster
let namespace: string
const COUNT = 1050

beforeAll(async () => {
  lying = await startLyingCluster()
  namespace = await lying.namespace()
  await fill(lying.truth, namespace, COUNT)
})
afterEach(() => lying.proxy.beTruthful())
afterAll(async () => {
  await lying?.stop()
})

const EXPIRED = JSON.stringify({
  kind: 'Status',
  apiVersion: 'v1',
  code: 410,
  reason: 'Expired',
  message: 'too old',
})
const DEPLOYMENT = { group: 'apps', kind: 'Deployment' }

async function sizeOf(cluster: Cluster): Promise<number> {
  const objects = await cluster.list(CONFIG_MAP, namespace)
  return objects.filter((object) => object.metadata.name.startsWith('n-')).length
}

describe('K-07: history is gone between two pages', () => {
  it('starts the list again and delivers all of it once', async () => {
    lying.proxy.tell({ path: NEXT_PAGE, times: 2, answer: { status: 410, body: EXPIRED } })
    expect(await sizeOf(lying.through())).toBe(COUNT)
  })

  it('fails, rather than answering a part, when it expires again and again', async () => {
    lying.proxy.tell({ path: NEXT_PAGE, answer: { status: 410, body: EXPIRED } })
    await expect(sizeOf(lying.through())).rejects.toMatchObject({
      code: 'UPSTREAM_CLUSTER',
      retry: 'backoff',
    })
  })
})

describe('K-14: a list that is not whole', () => {
  const ok = (body: string, type = 'application/json'): Partial<Lie> => ({
    answer: { status: 200, headers: { 'content-type': type }, body },
  })
  const lies: Array<[string, Partial<Lie>]> = [
    ['an HTML page', ok('<!doctype html><title>Sign in</title>', 'text/html')],
    ['an empty body', ok('')],
    ['an empty object', ok('{}')],
    ['null', ok('null')],
    ['a Status with 200', ok('{"kind":"Status","apiVersion":"v1","status":"Success"}')],
    ['no items', ok('{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"9"}}')],
    [
      'items that are null',
      ok('{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"9"},"items":null}'),
    ],
    ['no version', ok('{"kind":"ConfigMapList","apiVersion":"v1","metadata":{},"items":[]}')],
    [
      'another kind',
      ok('{"kind":"SecretList","apiVersion":"v1","metadata":{"resourceVersion":"9"},"items":[]}'),
    ],
    ['cut off', { rewrite: (body) => body.slice(0, body.length / 2) }],
    ['an item without a name', { rewrite: (body) => body.replace('"name":"n-', '"nam":"n-') }],
    ['a redirect', { answer: { status: 302, headers: { location: '/login' }, body: '' } }],
    ['refused', { answer: { status: 403, body: '{"kind":"Status","code":403,"message":"no"}' } }],
    ['not found', { answer: { status: 404, body: '404 page not found' } }],
    ['an error of the server', { answer: { status: 500, body: '' } }],
  ]
  const pages: Array<[string, RegExp]> = [
    ['its first page', LIST],
    ['a later page', NEXT_PAGE],
  ]
  const cases = pages.flatMap(([page, path]) => lies.map(([name, lie]) => ({ page, path, name, lie })))

  it.each(cases)('$name as $page: fails, and is never an empty list', async ({ path, lie }) => {
    lying.proxy.tell({ path, ...lie })
    await expect(sizeOf(lying.through())).rejects.toMatchObject({ name: 'AppError' })
  })

  it.each(cases)(
    '$name as $page: a watch delivers nothing until the list is whole',
    async ({ path, lie }) => {
      const withdraw = lying.proxy.tell({ path, ...lie })
      const mirror = new Mirror(namespace)
      const watch = lying.through().watch(CONFIG_MAP, mirror)
      await vi.waitFor(() => expect(mirror.healths).toContain(false), 5000)
      expect(mirror.lists).toEqual([])
      withdraw()
      await watch.ready
      expect(mirror.lists[0]).toBeGreaterThanOrEqual(COUNT)
      watch.stop()
    },
  )

  it('is no proof of absence for a single object either', async () => {
    const key = { ...CONFIG_MAP, namespace, name: 'n-1' }
    lying.proxy.tell({ path: /n-1\?/, answer: { status: 404, body: '404 page not found' } })
    await expect(lying.through().get(key)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(lying.through().delete(key)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('K-13: discovery is partial', () => {
  function expectUnknown(catalog: ApiCatalog): void {
    expect([...catalog.failedGroups]).toEqual(['apps'])
    expect(findKind(catalog, DEPLOYMENT)).toBe('unknown')
    expect(findKind(catalog, CONFIG_MAP)).toMatchObject({ plural: 'configmaps' })
    expect(findKind(catalog, { group: 'batch', kind: 'Job' })).toMatchObject({ plural: 'jobs' })
  }

  interface Groups {
    items: Array<{
      metadata: { name: string }
      versions: Array<{ freshness: string; resources?: unknown[] }>
    }>
  }

  it('aggregated: a stale group is unknown, not absent', async () => {
    const rewrite = (body: string): string => {
      const groups = JSON.parse(body) as Groups
      for (const { metadata, versions } of groups.items)
        if (metadata.name === 'apps')
          versions.splice(0, versions.length, { freshness: 'Stale', resources: [] })
      return JSON.stringify(groups)
    }
    lying.proxy.tell({ path: /^\/apis\?/, rewrite })
    const cluster = lying.through()
    expectUnknown(await cluster.catalog())
    const key = { ...DEPLOYMENT, namespace, name: 'a' }
    await expect(cluster.get(key)).rejects.toMatchObject({ code: 'UPSTREAM_CLUSTER', retry: 'backoff' })
    await expect(cluster.list(DEPLOYMENT)).rejects.toMatchObject({ code: 'UPSTREAM_CLUSTER' })
    await expect(cluster.delete(key)).rejects.toMatchObject({ code: 'UPSTREAM_CLUSTER' })

    lying.proxy.beTruthful()
    expect(findKind(await cluster.catalog(true), DEPLOYMENT)).toMatchObject({ plural: 'deployments' })
  })

  it('one by one, where the server does not aggregate: a failed group is unknown', async () => {
    lying.proxy.tell({ path: /^\/apis?\?/, ask: { accept: 'application/json' } })
    const whole = await lying.through().catalog()
    expect(whole.failedGroups.size).toBe(0)
    expect([...whole.kinds.keys()].sort()).toEqual([...(await lying.truth.catalog()).kinds.keys()].sort())

    lying.proxy.tell({ path: /^\/apis\/apps\/v1\?/, answer: { status: 503, body: 'service unavailable' } })
    expectUnknown(await lying.through().catalog())
  })

  it.each(['<html></html>', '{}', '{"kind":"APIGroupList"}'])('all of it fails on %s', async (body) => {
    lying.proxy.tell({ path: /^\/apis\?/, answer: { status: 200, body } })
    await expect(lying.through().catalog()).rejects.toMatchObject({ code: 'UPSTREAM_CLUSTER' })
  })
})
