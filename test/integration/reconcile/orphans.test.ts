import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.js'
import type { Manifest } from '../../../src/engine/manifest/manifest.js'
import { OPEN_PROJECT_SPEC } from '../../../src/engine/project/project.js'
import type { Cluster } from '../../../src/kube/cluster.js'
import { parseKubeconfig } from '../../../src/kube/parse-kubeconfig.js'
import { UndiciClusterConnector } from '../../../src/kube/undici/undici-cluster-connector.js'
import { ClusterSession } from '../../../src/reconcile/cluster-session.js'
import { FindOrphans } from '../../../src/reconcile/find-orphans.js'
import { anApplication } from '../../../src/store/contract-fixtures.js'
import { openMemoryStores } from '../../../src/store/memory/open-memory-stores.js'
import {
  freshNamespace,
  launchThrowAwayCluster,
  type ThrowAwayCluster,
} from '../../support/throw-away-cluster.js'

let running: ThrowAwayCluster
let cluster: Cluster
let namespace = ''

beforeAll(async () => {
  running = await launchThrowAwayCluster()
  namespace = await freshNamespace(running.cluster)
  const connection = parseKubeconfig(running.cluster.kubeconfig('admin'))
  cluster = new UndiciClusterConnector({ privateAddresses: 'allow' }).connect('real', connection)
})
afterAll(async () => {
  await cluster?.close()
  await running?.stop()
})

function deployment(): Manifest {
  const labels = { app: 'web' }
  const spec = { containers: [{ name: 'web', image: 'web:1' }] }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  }
}

async function until(found: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100 && !(await found()); tries += 1) await sleep(100)
  expect(await found()).toBe(true)
}

it('[1.3 Orphaned resources] of a real namespace only what somebody made is an orphan', async () => {
  await cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'stray', namespace } })
  await cluster.apply(deployment())
  const key = (kind: string, name: string) => ({ group: '', kind, namespace, name })
  await until(async () => (await cluster.list({ group: 'apps', kind: 'ReplicaSet' }, namespace)).length > 0)
  await until(async () => (await cluster.get(key('ServiceAccount', 'default'))) !== undefined)
  await until(async () => (await cluster.get(key('ConfigMap', 'kube-root-ca.crt'))) !== undefined)
  const connection = { status: 'Successful' as const, message: '' }
  const record = { id: 'c', name: 'c', server: 'https://c', connection, createdAt: '2026-01-01T00:00:00Z' }
  const session = new ClusterSession({
    record,
    cluster,
    uid: (await cluster.identity()).uid,
    hmac: (text) => text,
    onChange: () => undefined,
    onAnother: () => undefined,
    logger: silentLogger,
  })
  const spec = { ...anApplication().spec, destination: { server: 'https://c', namespace } }
  const request = {
    application: anApplication({ spec }),
    project: {
      id: 'p',
      name: 'default',
      spec: { ...OPEN_PROJECT_SPEC, orphanedResources: {} },
      generation: 1,
    },
    session,
  }
  const find = new FindOrphans({ ...openMemoryStores(), monotonic: () => performance.now() })
  const startedAt = performance.now()
  const orphans = await find.run(request, new Set())
  process.stdout.write(`orphans of a namespace: ${Math.round(performance.now() - startedAt)} ms\n`)
  expect(orphans.map(({ kind, name }) => `${kind}/${name}`)).toEqual(['ConfigMap/stray', 'Deployment/web'])
})
