import { createHmac, randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { createGateway } from '../../../src/api/create-gateway.js'
import type { GatewayDeps } from '../../../src/api/gateway-deps.js'
import { VerifyAudit } from '../../../src/audit/verify-audit.js'
import {
  LiveReads,
  type LogsWish,
  type PreviewWish,
  type ResourceDiff,
  type ResourceTree,
  type TreeChange,
} from '../../../src/applications/live-reads.js'
import { AppError } from '../../../src/base/app-error.js'
import { silentLogger } from '../../../src/base/logger.js'
import type { LogLine } from '../../../src/engine/logs/log-line.js'
import type { Manifest } from '../../../src/engine/manifest/manifest.js'
import { parseResourceKey, type ResourceKey } from '../../../src/engine/manifest/resource-key.js'
import type { SyncPreview } from '../../../src/engine/sync/sync-preview.js'
import type { ObjectEvent } from '../../../src/engine/tree/object-event.js'
import type { TreeNode } from '../../../src/engine/tree/tree-node.js'
import { OPEN_PROJECT_SPEC } from '../../../src/engine/project/project.js'
import { MemoryBus } from '../../../src/events/memory/memory-bus.js'
import type { GitRemote } from '../../../src/git/git-source.js'
import { CredentialRenewal, type RenewedCredential } from '../../../src/clusters/credential-renewal.js'
import { ClusterProbe } from '../../../src/clusters/cluster-probe.js'
import type { ClusterIdentity } from '../../../src/kube/cluster.js'
import { FakeCluster } from '../../../src/kube/fake/fake-cluster.js'
import { CreateBootstrapLink } from '../../../src/login/bootstrap-link.js'
import { ConnectionCheck } from '../../../src/repositories/connection-check.js'
import { openMemoryStores } from '../../../src/store/memory/open-memory-stores.js'
import type { Stores } from '../../../src/store/stores.js'
import { LocalVault } from '../../../src/vault/local/local-vault.js'

/** Secrets that must never come out again. */
export const CANARIES = [
  'canary-git-password',
  'canary-cluster-token',
  'canary-secret-value',
  'canary-admin-password',
]
export const PASSWORD = 'canary-admin-password'
export const CLUSTER_SERVER = 'https://10.0.0.1:6443'

/** The key of the chain in these tests. */
export const auditHash = (text: string): string => createHmac('sha256', 'test').update(text).digest('hex')

/** Tests come from the loopback address and may say that they come from elsewhere. */
export const SETTINGS = {
  publicUrl: 'http://lockstep.test',
  sessionHours: 24,
  sessionIdleMinutes: 480,
  passwordPattern: '^.{12,256}$',
  trustedProxies: ['127.0.0.1'],
  version: '0.0.0-test',
}

/** A gateway that listens, on memory stores, with stand-ins for Git and the cluster. */
export interface Fixture {
  readonly url: string
  readonly stores: Stores
  readonly eventBus: MemoryBus
  readonly link: string
  /** POST /graphql; the body as it came back. */
  ask(query: string, options?: AskOptions): Promise<Answer>
  /** Every method and path that is answered, e.g. `GET /livez`. */
  routes(): readonly string[]
  /** The session of the admin, with a project and a cluster in place. */
  signIn(): Promise<string>
  close(): Promise<void>
}

export interface AskOptions {
  readonly token?: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of any shape, read by tests
  readonly data: any
  readonly errors: readonly {
    readonly message: string
    readonly path?: readonly (string | number)[]
    readonly extensions: { readonly code: string }
  }[]
}

type Change = Partial<Omit<GatewayDeps, 'stores'>> & { readonly stores?: Stores }

export async function openFixture(change: Change = {}): Promise<Fixture> {
  const stores = change.stores ?? openMemoryStores()
  const eventBus = new MemoryBus(silentLogger)
  const app = await createGateway({
    stores,
    eventBus,
    vault: testVault(),
    liveReads: new FixedLiveReads(),
    connectionCheck: new FixedCheck(),
    clusterProbe: new FixedProbe(),
    credentialRenewal: new FixedRenewal(),
    auditProof: new VerifyAudit(stores.auditChain, auditHash),
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    newId: randomUUID,
    logger: silentLogger,
    settings: SETTINGS,
    ...change,
  })
  const link = await new CreateBootstrapLink(stores.accounts, stores.settings).run('http://lockstep.test')
  await app.listen(0, '127.0.0.1')
  const { port } = app.getHttpServer().address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const ask = (query: string, options: AskOptions = {}): Promise<Answer> => post(url, query, options)
  const signIn = async (): Promise<string> => {
    const session = await setUp(ask, link ?? '')
    await seed(stores)
    return session
  }
  return {
    url,
    stores,
    eventBus,
    link: link ?? '',
    ask,
    routes: () => routesOf(app),
    signIn,
    close: () => app.close(),
  }
}

function routesOf(app: NestFastifyApplication): readonly string[] {
  const text = app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false })
  return text.split('\n').flatMap((line) => {
    const [, path, methods] = /(\/\S*) \(([A-Z, ]+)\)/.exec(line) ?? []
    return (methods ?? '').split(', ').flatMap((method) => (method === '' ? [] : [`${method} ${path}`]))
  })
}

async function post(url: string, query: string, options: AskOptions): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
      ...options.headers,
    },
    body: JSON.stringify({ query, variables: options.variables ?? {} }),
  })
  const text = await response.text()
  const body = text.startsWith('{') ? JSON.parse(text) : {}
  return {
    status: response.status,
    text,
    headers: response.headers,
    data: body.data,
    errors: body.errors ?? [],
  }
}

async function setUp(ask: Fixture['ask'], link: string): Promise<string> {
  const token = new URL(link).searchParams.get('token')
  const answer = await ask(
    'mutation($input: CompleteSetupInput!) { completeSetup(input: $input) { token userErrors { message } } }',
    { variables: { input: { token, password: PASSWORD, bearer: true } } },
  )
  return answer.data.completeSetup.token
}

async function seed(stores: Stores): Promise<void> {
  const record = { audit: { actor: 'test', action: 'seed', object: 'test' }, doorbells: [] }
  if ((await stores.projects.byName('default')) === undefined) {
    const project = { id: randomUUID(), name: 'default', spec: OPEN_PROJECT_SPEC, generation: 1 }
    await stores.projects.create(project, record)
  }
  const cluster = {
    id: randomUUID(),
    name: 'one',
    server: CLUSTER_SERVER,
    uid: 'uid-one',
    version: 'v1.36.3',
    connection: { status: 'Successful' as const, message: '' },
    createdAt: new Date().toISOString(),
  }
  await stores.clusters.create(cluster, new Uint8Array([1]), record)
}

/** A vault with keys of nothing but sevens. */
function testVault(): LocalVault {
  const ring = [{ id: 'k1', secret: new Uint8Array(32).fill(7) }]
  return new LocalVault({
    rings: { renders: ring, git: ring, clusters: ring, login: ring },
    installationKey: new Uint8Array(32).fill(7),
  })
}

class FixedCheck extends ConnectionCheck {
  async check(remote: GitRemote): Promise<void> {
    if (remote.url.includes('unreachable')) {
      throw new AppError('UPSTREAM_GIT', `Cannot reach ${remote.url}: no route to host.`)
    }
  }
}

class FixedRenewal extends CredentialRenewal {
  async renew(): Promise<RenewedCredential> {
    return { sealed: new Uint8Array([2]), account: 'kube-system/lockstep', former: 'lockstep-token' }
  }

  async retire(): Promise<void> {
    // Nothing to delete.
  }
}

class FixedProbe extends ClusterProbe {
  identity(id: string): Promise<ClusterIdentity> {
    return new FakeCluster({ id }).identity()
  }
}

class FixedLiveReads extends LiveReads {
  async diff(): Promise<readonly ResourceDiff[]> {
    const live: Manifest = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'db', namespace: 'shop' },
      data: { password: 'canary-secret-value' },
    }
    const key = { group: '', kind: 'Secret', namespace: 'shop', name: 'db' }
    return [{ ...key, live, differences: [{ path: '/data/password', live: 'canary-secret-value' }] }]
  }

  async live(): Promise<Manifest | undefined> {
    return (await this.diff())[0]?.live
  }

  async preview(_id: string, { request }: PreviewWish): Promise<SyncPreview> {
    const key = { group: '', version: 'v1', kind: 'Namespace', namespace: '' }
    const outcome = request.prune ? 'pruned' : 'skipped'
    return {
      revisions: ['c1'],
      objects: [{ ...key, name: 'old', outcome }],
      blocks: [],
      touched: [],
      dangers: request.prune ? ['Namespace "old" is deleted, with everything in it.'] : [],
      warnings: [],
    }
  }

  async manifests(): Promise<readonly Manifest[]> {
    return (await this.diff()).flatMap(({ live }) => live ?? [])
  }

  async tree(): Promise<ResourceTree> {
    return { nodes: [aNode('/Pod/shop/web-1', ['u-set']), aNode('/Service/shop/web', [])], blind: [] }
  }

  async orphans(): Promise<readonly ResourceKey[]> {
    return [{ group: '', kind: 'ConfigMap', namespace: 'shop', name: 'stray' }]
  }

  async *treeChanges(_id: string, signal: AbortSignal): AsyncIterable<TreeChange> {
    yield { sequence: 1, nodes: (await this.tree()).nodes, removed: [] }
    await aborted(signal)
  }

  async events(): Promise<readonly ObjectEvent[]> {
    const about = { group: '', kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'u-pod' }
    const seen = { firstSeenAt: '2026-01-01T00:00:00Z', lastSeenAt: '2026-01-01T00:01:00Z', count: 3 }
    return [{ about, type: 'Warning', reason: 'BackOff', message: 'back-off', source: 'kubelet', ...seen }]
  }

  async *logs(_id: string, wish: LogsWish, signal: AbortSignal): AsyncIterable<readonly LogLine[]> {
    const line = { pod: 'web-1', container: 'app', time: '2026-01-01T00:00:00Z' }
    yield [
      { ...line, text: 'one' },
      { ...line, text: 'two' },
    ].slice(-(wish.tailLines ?? 2))
    if (wish.follow === true) await aborted(signal)
  }
}

function aNode(text: string, parents: readonly string[]): TreeNode {
  const key = parseResourceKey(text) ?? { group: '', kind: '', namespace: '', name: '' }
  const rest = { version: 'v1', uid: `u-${text}`, images: [], containers: [], health: { status: 'Healthy' } }
  return { ...key, ...rest, facts: [{ name: 'Ready', value: '1/1' }], parents } as TreeNode
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
