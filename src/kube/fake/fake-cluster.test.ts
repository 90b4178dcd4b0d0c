import { describe, expect, it } from 'vitest'
import { AppError } from '../../base/app-error.js'
import { clusterContract } from '../cluster.contract.js'
import { FakeCluster } from './fake-cluster.js'

const KEY = { group: '', kind: 'ConfigMap', namespace: 'default', name: 'a' }
const OBJECT = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'default' },
  data: { x: '1' },
}

describe('FakeCluster', () => {
  clusterContract(async () => ({ cluster: new FakeCluster(), namespace: 'default' }))

  it('fails the calls a rule names, until the rule ends', async () => {
    const cluster = new FakeCluster()
    const end = cluster.failWhen(({ verb }) =>
      verb === 'apply' ? new AppError('UPSTREAM_CLUSTER', 'down', { retry: 'backoff' }) : undefined,
    )
    await expect(cluster.apply(OBJECT)).rejects.toMatchObject({ code: 'UPSTREAM_CLUSTER' })
    expect(cluster.peek(KEY)).toBeUndefined()
    end()
    await cluster.apply(OBJECT)
    expect(cluster.calls.map(({ verb }) => verb)).toEqual(['apply', 'apply'])
  })

  it('takes a field away from us when somebody else edits it', async () => {
    const cluster = new FakeCluster()
    const { object } = await cluster.apply(OBJECT)
    const edited = cluster.put({ ...object, data: { x: '2' } })
    expect(edited.metadata.managedFields).toMatchObject([{ manager: 'kubectl-edit', operation: 'Update' }])
  })

  it('keeps what has finalizers until they are gone', async () => {
    const cluster = new FakeCluster()
    cluster.put({ ...OBJECT, metadata: { ...OBJECT.metadata, finalizers: ['x/y'] } })
    expect(await cluster.delete(KEY)).toBe(true)
    const marked = cluster.peek(KEY)
    expect(marked?.metadata.deletionTimestamp).toBeTruthy()
    if (marked !== undefined) cluster.put({ ...marked, metadata: { ...marked.metadata, finalizers: [] } })
    expect(cluster.peek(KEY)).toBeUndefined()
  })

  it('deletes what an owner leaves behind', async () => {
    const cluster = new FakeCluster()
    const { uid = '' } = (await cluster.apply(OBJECT)).object.metadata
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid }]
    cluster.put({ ...OBJECT, metadata: { name: 'b', namespace: 'default', ownerReferences } })
    await cluster.delete(KEY)
    expect(cluster.peek({ ...KEY, name: 'b' })).toBeUndefined()
  })

  it('says that kinds of a failed group are unknown, not absent', async () => {
    const cluster = new FakeCluster()
    cluster.failGroup('apps')
    await expect(cluster.get({ ...KEY, group: 'apps', kind: 'Deployment' })).rejects.toMatchObject({
      code: 'UPSTREAM_CLUSTER',
    })
  })
})
