import { beforeEach, describe, expect, it } from 'vitest'
import { SYSTEM_PRINCIPAL, type Principal } from '../engine/access/principal.js'
import { aRecord } from '../store/contract-fixtures.js'
import { openMemoryStores } from '../store/memory/open-memory-stores.js'
import type { Stores } from '../store/stores.js'
import { CredentialRenewal, type RenewedCredential } from './credential-renewal.js'
import { RotateCredential } from './rotate-credential.js'
import { tokenAccount } from './service-account-token.js'

const SERVER = 'https://10.0.0.1:6443'

class FixedRenewal extends CredentialRenewal {
  former: string | undefined = 'old-token'
  failing = false
  readonly retired: string[] = []

  async renew(clusterId: string): Promise<RenewedCredential> {
    // Somebody describes the cluster while the token is made.
    const record = await stores.clusters.get(clusterId)
    if (record !== undefined)
      await stores.clusters.describe({ ...record, labels: { env: 'prod' } }, aRecord('seed'))
    const former = this.former === undefined ? {} : { former: this.former }
    return { sealed: new Uint8Array([9]), account: 'kube-system/lockstep', ...former }
  }

  async retire(clusterId: string, secret: string): Promise<void> {
    if (this.failing) throw new Error('no route')
    this.retired.push(`${secret} while ${String(await stores.clusters.credential(clusterId))} is stored`)
  }
}

let stores: Stores
let renewal: FixedRenewal
let rotate: RotateCredential

beforeEach(async () => {
  stores = openMemoryStores()
  renewal = new FixedRenewal()
  rotate = new RotateCredential(stores.clusters, renewal)
  const connection = { status: 'Successful' as const, message: '' }
  const record = { id: 'c', name: 'prod', server: SERVER, connection, createdAt: '2026-01-01T00:00:00Z' }
  await stores.clusters.create(record, new Uint8Array([1]), aRecord('seed'))
})

function person(...actions: readonly string[]): Principal {
  const rules = actions.map((action) => {
    return { resource: 'clusters', action, object: SERVER, effect: 'allow' as const }
  })
  return { subject: 'p', kind: 'user', groups: [], grants: { rules } }
}

describe('RotateCredential', () => {
  it('stores the new credential first, then ends the former one, with one audit event', async () => {
    const done = await rotate.run(SYSTEM_PRINCIPAL, 'prod')
    expect(done).toMatchObject({
      account: 'kube-system/lockstep',
      former: 'The former token is valid no more.',
    })
    expect(renewal.retired).toEqual(['old-token while 9 is stored'])
    expect((await stores.clusters.get('c'))?.labels).toEqual({ env: 'prod' })
    const events = (await stores.audit.list(10)).filter(
      ({ action }) => action === 'rotate-cluster-credential',
    )
    expect(events).toMatchObject([{ object: 'cluster/prod', details: { account: 'kube-system/lockstep' } }])
    const bells = (await stores.outbox.pending(10)).map(({ doorbell }) => doorbell)
    expect(bells).toContainEqual({ kind: 'cluster', id: 'c' })
  })

  it('says which Secret to delete when the former token could not be ended, or that it ends by itself', async () => {
    renewal.failing = true
    expect((await rotate.run(SYSTEM_PRINCIPAL, SERVER)).former).toContain('delete Secret "old-token"')
    renewal.former = undefined
    expect((await rotate.run(SYSTEM_PRINCIPAL, SERVER)).former).toContain('until it expires')
    expect(renewal.retired).toEqual([])
  })

  it('needs the right to update that very cluster', async () => {
    await expect(rotate.run(person('update'), 'prod')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(rotate.run(person('get'), 'prod')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await stores.clusters.credential('c')).toEqual(new Uint8Array([1]))
    expect((await rotate.run(person('get', 'update'), 'prod')).cluster.name).toBe('prod')
  })
})

describe('tokenAccount()', () => {
  const token = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`

  it.each([
    [
      token({ sub: 'system:serviceaccount:kube-system:lockstep' }),
      { namespace: 'kube-system', name: 'lockstep' },
    ],
    [
      token({ sub: 'system:serviceaccount:a:b', 'kubernetes.io/serviceaccount/secret.name': 's' }),
      { namespace: 'a', name: 'b', secret: 's' },
    ],
    [token({ sub: 'alice' }), undefined],
    [token({ sub: 'system:serviceaccount:a:b/../c' }), undefined],
    ['not.a.token', undefined],
    ['', undefined],
  ])('%#', (text, account) => {
    expect(tokenAccount(text)).toEqual(account)
  })
})
