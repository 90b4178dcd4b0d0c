import { beforeEach, describe, expect, it } from 'vitest'
import { SYSTEM_PRINCIPAL, type Principal } from '../engine/access/principal.js'
import { anApplication, aRecord } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import type { Stores } from '../store/stores.js'
import { ChangeCluster } from './change-cluster.js'

let stores: Stores
let change: ChangeCluster

beforeEach(async () => {
  stores = openMemoryStores()
  change = new ChangeCluster(stores)
  const connection = { status: 'Unknown' as const, message: '' }
  const record = {
    id: 'c',
    name: 'prod',
    server: 'https://prod',
    connection,
    createdAt: '2026-01-01T00:00:00Z',
  }
  await stores.clusters.create(record, new Uint8Array([1]), aRecord('seed'))
  for (const name of ['demo', 'other'])
    await stores.projects.create({ id: name, name, spec: {}, generation: 1 }, aRecord('seed'))
})

function person(...objects: readonly string[]): Principal {
  const rules = objects.map((object) => ({
    resource: 'clusters',
    action: '*',
    object,
    effect: 'allow' as const,
  }))
  return { subject: 'p', kind: 'user', groups: [], grants: { rules } }
}

describe('ChangeCluster', () => {
  it('[1.10 Project-scoped repos and clusters] gives a cluster to a project and wakes who deploys to it', async () => {
    const spec = { ...anApplication().spec, destination: { name: 'prod', namespace: 'x' } }
    const application = anApplication({ spec })
    await stores.applications.create(application, aRecord('seed'))
    const labels = { env: 'prod' }
    expect(
      await change.run(SYSTEM_PRINCIPAL, { cluster: 'HTTPS://prod/', project: 'demo', labels }),
    ).toMatchObject({
      project: 'demo',
      labels,
    })
    const bells = (await stores.outbox.pending(10)).map(({ doorbell }) => doorbell)
    expect(bells).toContainEqual({ kind: 'application', id: application.id })
    expect(bells).toContainEqual({ kind: 'cluster', id: 'c' })
    const open = await change.run(SYSTEM_PRINCIPAL, { cluster: 'prod', project: '' })
    expect(open).not.toHaveProperty('project')
    expect(open.labels).toEqual(labels)
  })

  it('A-31 needs the right on the project that it leaves and on the one that it joins', async () => {
    await change.run(SYSTEM_PRINCIPAL, { cluster: 'prod', project: 'demo' })
    const move = { cluster: 'prod', project: 'other' }
    await expect(change.run(person('demo/*'), move)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(change.run(person('other/*'), move)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const mayLook = { resource: 'clusters', action: 'get', object: 'demo/*', effect: 'allow' as const }
    const newOwner = person('other/*')
    const looking = { ...newOwner, grants: { rules: [...newOwner.grants.rules, mayLook] } }
    await expect(change.run(looking, move)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await change.run(person('demo/*', 'other/*'), move)).toMatchObject({ project: 'other' })
  })

  it('refuses a project that does not exist', async () => {
    const move = { cluster: 'prod', project: 'nobody' }
    await expect(change.run(SYSTEM_PRINCIPAL, move)).rejects.toThrow('project "nobody" does not exist')
  })
})
