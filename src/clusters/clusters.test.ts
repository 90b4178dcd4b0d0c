import { beforeEach, describe, expect, it } from 'vitest'
import { SYSTEM_PRINCIPAL, type Principal } from '../engine/access/principal.js'
import type { ClusterIdentity } from '../kube/cluster.js'
import { anApplication } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import type { Stores } from '../store/stores.js'
import { Vault } from '../vault/vault.js'
import { AddCluster, type NewCluster } from './add-cluster.js'
import { ClusterProbe } from './cluster-probe.js'
import { RemoveCluster } from './remove-cluster.js'

const SERVER = 'https://10.0.0.1:6443'

class FixedProbe extends ClusterProbe {
  uid = 'u1'

  async identity(): Promise<ClusterIdentity> {
    return { uid: this.uid, version: 'v1.36.3' }
  }
}

/** Seals nothing: these tests look at what is stored. */
class OpenVault extends Vault {
  override seal(_purpose: unknown, _at: unknown, plain: Uint8Array): Uint8Array {
    return plain
  }
  override open(_purpose: unknown, _at: unknown, sealed: Uint8Array): Uint8Array {
    return sealed
  }
  override hmac(text: string): string {
    return text
  }
}

let stores: Stores
let probe: FixedProbe
let add: AddCluster
let count = 0

beforeEach(() => {
  stores = openMemoryStores()
  probe = new FixedProbe()
  const clock = { now: () => 0, monotonic: () => 0 }
  const newId = (): string => `id-${(count += 1)}`
  add = new AddCluster({ clusters: stores.clusters, probe, vault: new OpenVault(), clock, newId })
})

function wish(token: string, more: Partial<NewCluster> = {}): NewCluster {
  const kubeconfig = JSON.stringify({
    contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
    clusters: [{ name: 'one', cluster: { server: SERVER } }],
    users: [{ name: 'one', user: { token } }],
  })
  return { kubeconfig, ...more }
}

async function storedToken(id: string): Promise<unknown> {
  const sealed = await stores.clusters.credential(id)
  return (JSON.parse(new TextDecoder().decode(sealed)) as { bearerToken?: unknown }).bearerToken
}

describe('AddCluster', () => {
  it('says how a cluster that is known gets a new credential, and gives it one then', async () => {
    const first = await add.run(SYSTEM_PRINCIPAL, wish('old'))
    await expect(add.run(SYSTEM_PRINCIPAL, wish('new'))).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('--upsert') as unknown,
    })
    expect(await storedToken(first.id)).toBe('old')
    const again = await add.run(SYSTEM_PRINCIPAL, wish('new', { upsert: true }))
    expect(again).toMatchObject({ id: first.id, name: 'one', uid: 'u1' })
    expect(await storedToken(first.id)).toBe('new')
  })

  it('never takes another cluster for the one that is known', async () => {
    const { id } = await add.run(SYSTEM_PRINCIPAL, wish('old'))
    probe.uid = 'u2'
    const change = add.run(SYSTEM_PRINCIPAL, wish('new', { upsert: true }))
    await expect(change).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await storedToken(id)).toBe('old')
  })

  it('refuses another name for a cluster that applications name', async () => {
    await add.run(SYSTEM_PRINCIPAL, wish('old'))
    const change = add.run(SYSTEM_PRINCIPAL, wish('new', { upsert: true, name: 'two' }))
    await expect(change).rejects.toThrow(/Leave --name out/)
  })

  it('needs the permission to update, not only to create', async () => {
    await add.run(SYSTEM_PRINCIPAL, wish('old'))
    const rules = [{ resource: 'clusters', action: 'create', object: '*', effect: 'allow' as const }]
    const creator: Principal = { subject: 'c', kind: 'user', groups: [], grants: { rules } }
    const change = add.run(creator, wish('new', { upsert: true }))
    await expect(change).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('RemoveCluster', () => {
  const RECORD = { audit: { actor: 'test', action: 'seed', object: 'test' }, doorbells: [] }

  async function used(): Promise<RemoveCluster> {
    await add.run(SYSTEM_PRINCIPAL, wish('old'))
    const application = anApplication({ name: 'shop' })
    const spec = { ...application.spec, destination: { name: 'one', namespace: 'x' } }
    await stores.applications.create({ ...application, spec }, RECORD)
    return new RemoveCluster(stores.clusters, stores.applications)
  }

  it('refuses while applications are deployed to it and names them', async () => {
    const remove = await used()
    await expect(remove.run(SYSTEM_PRINCIPAL, 'one')).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/1 application is deployed to it \(argocd\/shop\).*--force/) as unknown,
    })
    expect(await stores.clusters.list()).toHaveLength(1)
  })

  it('names none that the caller may not see', async () => {
    const remove = await used()
    const rules = [{ resource: 'clusters', action: '*', object: '*', effect: 'allow' as const }]
    const operator: Principal = { subject: 'o', kind: 'user', groups: [], grants: { rules } }
    const refused = await remove.run(operator, 'one').catch((error: unknown) => String(error))
    expect(refused).toContain('1 application is deployed to it.')
    expect(refused).not.toContain('shop')
  })

  it('removes it by force, and wakes those applications to say so', async () => {
    const remove = await used()
    await remove.run(SYSTEM_PRINCIPAL, 'one', true)
    expect(await stores.clusters.list()).toEqual([])
    const pending = await stores.outbox.pending(100)
    expect(pending.map(({ doorbell }) => doorbell.kind)).toContain('application')
  })
})
