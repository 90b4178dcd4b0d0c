import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OwnCredentialRenewal } from '../../../src/clusters/own-credential-renewal.js'
import type { Manifest } from '../../../src/engine/manifest/manifest.js'
import type { ClusterConnection } from '../../../src/kube/cluster-connector.js'
import { parseKubeconfig } from '../../../src/kube/parse-kubeconfig.js'
import { UndiciClusterConnector } from '../../../src/kube/undici/undici-cluster-connector.js'
import { testVault } from '../../../src/sources/test-vault.fixture.js'
import { aRecord } from '../../../src/store/contract-fixtures.js'
import { openMemoryStores } from '../../../src/store/memory/open-memory-stores.js'
import {
  freshNamespace,
  launchThrowAwayCluster,
  type ThrowAwayCluster,
} from '../../support/throw-away-cluster.js'

const PLACE = { table: 'clusters', row: 'c', column: 'credential' }
const connector = new UndiciClusterConnector({ privateAddresses: 'allow' })
const stores = openMemoryStores()
const vault = testVault()
const adopted: string[] = []
const renewal = new OwnCredentialRenewal({
  ...stores,
  connector,
  vault,
  newId: randomUUID,
  sleep,
  adopt: async (id) => void adopted.push(id),
})
let running: ThrowAwayCluster
let namespace = ''

beforeAll(async () => {
  running = await launchThrowAwayCluster()
  namespace = await freshNamespace(running.cluster)
})
afterAll(async () => {
  await running?.stop()
})

const seal = (connection: ClusterConnection) =>
  vault.seal('clusters', PLACE, Buffer.from(JSON.stringify(connection)))
const opened = (sealed: Uint8Array): ClusterConnection =>
  JSON.parse(Buffer.from(vault.open('clusters', PLACE, sealed)).toString())

function object(kind: string, name: string, more: object = {}): Manifest {
  return { apiVersion: 'v1', kind, metadata: { name, namespace }, ...more }
}

async function answers(connection: ClusterConnection): Promise<string> {
  const cluster = connector.connect('c', connection)
  const said = await cluster.identity().then(
    ({ uid }) => uid,
    (error: { readonly stage?: string }) => error.stage ?? 'failed',
  )
  await cluster.close()
  return said
}

describe('[1.8 CLI registration] rotate-auth of a ServiceAccount that is managed with', () => {
  it('makes a token that works, and ends the former one when it is retired', async () => {
    const { contextName: _context, ...admin } = parseKubeconfig(running.cluster.kubeconfig('admin'))
    const cluster = connector.connect('admin', admin)
    const { uid } = await cluster.identity()
    await cluster.apply(object('ServiceAccount', 'lockstep'))
    await cluster.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: `${namespace}-lockstep` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'lockstep', namespace }],
    })
    const { clientCertPem: _cert, clientKeyPem: _key, bearerToken: _token, ...open } = admin
    const connection = { status: 'Successful' as const, message: '' }
    const record = {
      id: 'c',
      name: 'c',
      server: open.server,
      uid,
      connection,
      createdAt: '2026-01-01T00:00:00Z',
    }
    await stores.clusters.create(record, seal(admin), aRecord('seed'))
    await expect(renewal.renew('c')).rejects.toThrow('not the token of a ServiceAccount')

    const annotations = { 'kubernetes.io/service-account.name': 'lockstep' }
    const type = 'kubernetes.io/service-account-token'
    await cluster.apply(
      object('Secret', 'first', { metadata: { name: 'first', namespace, annotations }, type }),
    )
    await cluster.apply(object('Secret', 'other', { stringData: { token: 'x' } }))
    const secret = { group: '', kind: 'Secret', namespace, name: 'first' }
    let encoded: unknown
    for (let tries = 0; tries < 40 && encoded === undefined; tries += 1) {
      const fields = (await cluster.get(secret))?.['data']
      encoded = Object.entries(fields ?? {}).find(([name]) => name === 'token')?.[1]
      await sleep(100)
    }
    const first = { ...open, bearerToken: Buffer.from(String(encoded), 'base64').toString() }
    expect(await answers(first)).toBe(uid)
    await stores.clusters.update(record, seal(first), aRecord('seed'))

    const renewed = await renewal.renew('c')
    expect(renewed).toMatchObject({ account: `${namespace}/lockstep`, former: 'first' })
    const second = opened(renewed.sealed)
    expect(second.bearerToken).not.toBe(first.bearerToken)
    expect(await answers(second)).toBe(uid)
    await expect(renewal.retire('c', 'first')).rejects.toThrow('the one in use')
    expect(await answers(first)).toBe(uid)

    await stores.clusters.update(record, renewed.sealed, aRecord('seed'))
    await expect(renewal.retire('c', 'other')).rejects.toThrow('holds no token of its account')
    await renewal.retire('c', 'first')
    expect(adopted).toContain('c')
    for (let tries = 0; tries < 100 && (await answers(first)) === uid; tries += 1) await sleep(200)
    expect(await answers(first)).toBe('AUTHENTICATION')
    expect(await answers(second)).toBe(uid)
    await cluster.close()
  })
})
