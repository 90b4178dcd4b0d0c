import { createHmac } from 'node:crypto'
import { silentLogger } from '../base/logger.js'
import type { Application, ApplicationSpec } from '../engine/application/application.js'
import type { Manifest } from '../engine/manifest/manifest.js'
import { OPEN_PROJECT_SPEC } from '../engine/project/project.js'
import type { Operation, SyncRequest } from '../engine/sync/operation.js'
import { EventBus, type BusEvent } from '../events/event-bus.js'
import type { Cluster } from '../kube/cluster.js'
import { ClusterConnector } from '../kube/cluster-connector.js'
import { anApplication, anOperation, aRecord, unique } from '../store/contract-fixtures.js'
import type { Stores } from '../store/stores.js'
import { Vault } from '../vault/vault.js'
import { ClusterSessions } from './cluster-sessions.js'
import { CompareApplication } from './compare-application.js'
import { FindOrphans } from './find-orphans.js'
import { Heartbeat } from './heartbeat.js'
import { ReconcileApplication } from './reconcile-application.js'
import { OwnerLiveReads } from './read-live.js'
import { RenderedSources } from './rendered-sources.js'
import { RunDeletion } from './run-deletion.js'
import { RunSync } from './run-sync.js'
import { StatusFlusher } from './status-flusher.js'

const RECORD = aRecord('seed')

class PlainVault extends Vault {
  override seal(_purpose: unknown, _at: unknown, plain: Uint8Array): Uint8Array {
    return plain
  }
  override open(_purpose: unknown, _at: unknown, sealed: Uint8Array): Uint8Array {
    return sealed
  }
  override hmac(text: string): string {
    return createHmac('sha256', 'test').update(text).digest('hex')
  }
}

class OneCluster extends ClusterConnector {
  readonly #cluster: Cluster
  constructor(cluster: Cluster) {
    super()
    this.#cluster = cluster
  }
  override connect(): Cluster {
    return this.#cluster
  }
}

class RecordingBus extends EventBus {
  readonly events: BusEvent[] = []
  override async publish(event: BusEvent): Promise<void> {
    this.events.push(event)
  }
  override subscribe(): () => void {
    return () => undefined
  }
  override onMissed(): () => void {
    return () => undefined
  }
  override async close(): Promise<void> {}
}

export interface WorldOptions {
  readonly stores: Stores
  readonly cluster: Cluster
  readonly namespace: string
  readonly heals?: { readonly burst: number; readonly perSecond: number }
}

/** One worker over a cluster and stores that may be shared with other workers: what a restart or a new owner is. */
export class ReconcileWorld {
  readonly stores: Stores
  readonly bus = new RecordingBus()
  /** Applications that an event of the cluster would have woken. */
  readonly woken: string[] = []
  readonly reconcile: ReconcileApplication
  readonly liveReads: OwnerLiveReads
  readonly statuses: StatusFlusher
  readonly #options: WorldOptions
  readonly #sessions: ClusterSessions
  readonly #clock: { time: number }

  constructor(options: WorldOptions, clock = { time: Date.parse('2026-01-01T00:00:00Z') }) {
    const { stores, cluster } = options
    this.stores = stores
    this.#options = options
    this.#clock = clock
    const vault = new PlainVault()
    const hmac = (text: string): string => vault.hmac(text)
    const deps = {
      stores,
      clock: { now: () => clock.time, monotonic: () => clock.time },
      newId: () => unique('id'),
    }
    this.#sessions = new ClusterSessions({
      ...stores,
      connector: new OneCluster(cluster),
      vault,
      logger: silentLogger,
      now: () => clock.time,
      onChange: ({ applicationId }) => this.woken.push(applicationId ?? ''),
      onBegin: () => undefined,
      heartbeat: new Heartbeat({ ...stores, clock: deps.clock, logger: silentLogger }),
    })
    const rendered = new RenderedSources({ renders: stores.renders, decode: (_key, bytes) => decoded(bytes) })
    this.statuses = new StatusFlusher({
      applications: stores.applications,
      events: this.bus,
      logger: silentLogger,
    })
    const onOperation = (id: string): void => this.statuses.offerOperation(id)
    const orphans = new FindOrphans({ ...stores, monotonic: () => clock.time })
    const compare = new CompareApplication({ rendered, applications: stores.applications, hmac, orphans })
    const limits = { dryRunFirst: 'auto' } as const
    this.liveReads = new OwnerLiveReads({ stores, sessions: this.#sessions, compare, limits })
    this.reconcile = new ReconcileApplication({
      ...deps,
      onOperation,
      sessions: this.#sessions,
      compare,
      statuses: this.statuses,
      healLimits: options.heals ?? { burst: 100, perSecond: 10 },
      sync: new RunSync({ ...stores, ...deps, hmac, onOperation, limits }),
      deletion: new RunDeletion({ ...stores, clock: deps.clock }),
    })
  }

  /** Another worker on the same stores, cluster and clock: nothing of this one's memory is there. */
  successor(): ReconcileWorld {
    return new ReconcileWorld(this.#options, this.#clock)
  }

  advance(milliseconds: number): void {
    this.#clock.time += milliseconds
  }

  async connect(): Promise<void> {
    const createdAt = '2026-01-01T00:00:00.000Z'
    const connection = { status: 'Unknown', message: '' } as const
    const cluster = { id: unique('cluster'), name: 'here', server: 'https://here', connection, createdAt }
    await this.stores.clusters.create(cluster, Buffer.from('{}'), RECORD)
    const project = { id: unique('project'), name: 'default', spec: OPEN_PROJECT_SPEC, generation: 1 }
    await this.stores.projects.create(project, RECORD)
  }

  /** An application that declares these objects. */
  async declare(
    manifests: readonly Manifest[],
    syncPolicy?: ApplicationSpec['syncPolicy'],
    more: Partial<ApplicationSpec> = {},
  ): Promise<Application> {
    const { spec } = anApplication()
    const destination = { name: 'here', namespace: this.#options.namespace }
    const application = anApplication({
      spec: { ...spec, destination, ...(syncPolicy && { syncPolicy }), ...more },
    })
    await this.stores.applications.create(application, RECORD)
    await this.commit(application, manifests, 'c1')
    return application
  }

  async commit(application: Application, manifests: readonly Manifest[], revision: string): Promise<void> {
    const key = unique('render')
    await this.stores.renders.put(new Map([[key, Buffer.from(JSON.stringify(manifests))]]))
    const updatedAt = '2026-01-01T00:00:00.000Z'
    const desired = { applicationId: application.id, generation: 1, inputs: [{}], updatedAt }
    await this.stores.applications.saveDesired([{ ...desired, revisions: [revision], renderKeys: [key] }])
  }

  async ask(application: Application, request: Partial<SyncRequest> = {}): Promise<Operation> {
    const whole = {
      prune: true,
      dryRun: false,
      force: false,
      confirmedPrune: true,
      generation: 1,
      ...request,
    }
    const startedAt = new Date(this.#clock.time).toISOString()
    return this.stores.operations.start(
      anOperation(application.id, { request: whole, startedAt, message: 'asked' }),
      RECORD,
    )
  }

  async operation(id: string): Promise<Operation> {
    const found = await this.stores.operations.get(id)
    if (found === undefined) throw new Error(`operation ${id} is gone`)
    return found
  }

  async close(): Promise<void> {
    await this.statuses.flush()
    await this.#sessions.close()
  }
}

export function configMap(name: string, content: string, wave?: number): Manifest {
  const annotations =
    wave === undefined ? {} : { annotations: { 'argocd.argoproj.io/sync-wave': String(wave) } }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...annotations }, data: { content } }
}

function decoded(bytes: Uint8Array) {
  const manifests = JSON.parse(Buffer.from(bytes).toString('utf8')) as readonly Manifest[]
  return manifests.map((manifest) => ({ manifest, origin: { file: 'all.yaml', line: 1 } }))
}
