import { setTimeout as sleep } from 'node:timers/promises'
import { VerifyAudit } from '../audit/verify-audit.js'
import { OwnCredentialRenewal } from '../clusters/own-credential-renewal.js'
import type { EventBus } from '../events/event-bus.js'
import { UndiciClusterConnector } from '../kube/undici/undici-cluster-connector.js'
import type { PeerAnswers } from '../peers/peer-caller.js'
import { CompareApplication } from '../reconcile/compare-application.js'
import { ClusterSessions, type ClusterSessionsDeps } from '../reconcile/cluster-sessions.js'
import { Heartbeat } from '../reconcile/heartbeat.js'
import { FindOrphans } from '../reconcile/find-orphans.js'
import { OwnerLiveReads } from '../reconcile/read-live.js'
import { ReconcileApplication, type ReconcileApplicationDeps } from '../reconcile/reconcile-application.js'
import { RenderedSources } from '../reconcile/rendered-sources.js'
import { RunDeletion } from '../reconcile/run-deletion.js'
import { RunSync } from '../reconcile/run-sync.js'
import { StatusFlusher } from '../reconcile/status-flusher.js'
import { NOWHERE, type DoorbellQueue } from '../queue/doorbell-queue.js'
import { decodeRender, renderLocation } from '../render/render-archive.js'
import type { Settings } from '../settings/settings.js'
import { clusterAnswers } from '../worker/cluster-answers.js'
import { ClusterWorker } from '../worker/cluster-worker.js'
import { KillSwitch } from '../worker/kill-switch.js'
import { OwnedClusters } from '../worker/owned-clusters.js'
import { Ownership } from '../worker/ownership.js'
import { ClusterIdentityProbe } from './cluster-identity-probe.js'
import type { WatchedWorker } from './open-telemetry.js'
import { watchedClusters, watchedWorker } from './watched-worker.js'
import { leaseTimes, type WorkerParts } from './worker-parts.js'

export interface ClusterWorkerParts extends WorkerParts {
  readonly events: EventBus
}

export interface OpenClusterWorker {
  readonly liveReads: OwnerLiveReads
  readonly probe: ClusterIdentityProbe
  readonly renewal: OwnCredentialRenewal
  readonly answers: PeerAnswers
  readonly watched: WatchedWorker
  start(): Promise<void>
  /** Hands over its clusters and ends. */
  close(): Promise<void>
}

/** The owner of clusters: watches, compares, syncs; looks into them for others. */
export function openClusterWorker(parts: ClusterWorkerParts): OpenClusterWorker {
  const { stores, vault, logger, clock } = parts
  const killSwitch = new KillSwitch(stores)
  const connector = openConnector(
    parts,
    (id) => ownership.refuseWrite(id) ?? killSwitch.refuseWrite(id) ?? sessions.refuseWrite(id),
  )
  const owned = new OwnedClusters({
    ...parts,
    owns: (id) => ownership.owns(id),
    look: () => ownership.look(),
    wake: (id, cluster, project) => worker.wake(id, cluster, project),
    renew: (id) => sessions.renew(id),
    drop: (id) => sessions.drop(id),
  })
  const ownership = openOwnership(parts, owned, killSwitch)
  const heartbeat = new Heartbeat({ ...stores, clock, logger, fence: (id) => ownership.fence(id) })
  const sessions = openSessions(parts, {
    connector,
    heartbeat,
    onBegin: () => statuses.forgetAll(),
    owns: (id) => ownership.owns(id),
    fence: (id) => ownership.fence(id),
    onAnother: (id) => owned.changed(id),
    worker: () => worker,
  })
  const compare = openCompare(parts)
  const statuses = new StatusFlusher({ applications: stores.applications, events: parts.events, logger })
  const worker: ClusterWorker = new ClusterWorker({
    ...parts,
    owns: (id) => ownership.owns(id),
    reconcile: openReconcile(parts, { sessions, compare, statuses }),
  })
  const liveReads = new OwnerLiveReads({ stores, sessions, compare, limits: syncLimits(parts.settings) })
  const probe = new ClusterIdentityProbe(connector)
  const renewal = openRenewal(parts, connector, sessions)
  return {
    liveReads,
    probe,
    renewal,
    watched: watchedClusters(
      watchedWorker('clusters', () => worker.depth, ownership),
      sessions,
    ),
    answers: clusterAnswers({ liveReads, probe, renewal, vault, proof: openProof(parts) }),
    start: () => startOwner(parts.queue, { owned, ownership, worker }),
    close: () => closeOwner({ ownership, worker, statuses, sessions }),
  }
}

function openRenewal(
  { stores, vault, newId }: ClusterWorkerParts,
  connector: UndiciClusterConnector,
  sessions: ClusterSessions,
): OwnCredentialRenewal {
  const adopt = (id: string): Promise<void> => sessions.renew(id)
  return new OwnCredentialRenewal({ ...stores, connector, vault, newId, sleep, adopt })
}

function openProof({ stores, vault }: ClusterWorkerParts): VerifyAudit {
  return new VerifyAudit(stores.auditChain, (text) => vault.hmac(text))
}

function openConnector(
  { settings, metrics, holder }: ClusterWorkerParts,
  refuseWrite: (clusterId: string) => string | undefined,
): UndiciClusterConnector {
  return new UndiciClusterConnector({
    privateAddresses: settings.network.privateAddresses,
    userAgent: `lockstep (${holder.id})`,
    refuseWrite,
    onAnswer: ({ cluster, method, status }) =>
      metrics.count('lockstep_cluster_api_requests_total', { cluster, verb: method, code: String(status) }),
  })
}

interface SessionParts extends Pick<
  ClusterSessionsDeps,
  'connector' | 'heartbeat' | 'onBegin' | 'onAnother' | 'owns' | 'fence'
> {
  readonly worker: () => ClusterWorker
}

function openSessions(parts: ClusterWorkerParts, { worker, ...own }: SessionParts): ClusterSessions {
  return new ClusterSessions({
    ...parts,
    ...parts.stores,
    ...own,
    now: () => parts.clock.now(),
    onChange: ({ applicationId, application }) => {
      if (applicationId !== undefined) worker().wake(applicationId)
      else if (application !== undefined) worker().wakeByTrackingName(application)
    },
  })
}

interface Owner {
  readonly owned: OwnedClusters
  readonly ownership: Ownership
  readonly worker: ClusterWorker
}

async function startOwner(queue: DoorbellQueue, { owned, ownership, worker }: Owner): Promise<void> {
  queue.listen('cluster', (id) => owned.changed(id))
  queue.listenCluster(NOWHERE, (id) => worker.wake(id))
  await ownership.start()
}

/** What is owned is handed over before anything ends. */
async function closeOwner(owner: Pick<Owner, 'ownership' | 'worker'> & Closing): Promise<void> {
  await owner.ownership.drain()
  await owner.worker.close()
  await owner.statuses.flush()
  await owner.sessions.close()
}

interface Closing {
  readonly statuses: StatusFlusher
  readonly sessions: ClusterSessions
}

function openCompare({ stores, vault, clock }: ClusterWorkerParts): CompareApplication {
  const rendered = new RenderedSources({
    renders: stores.renders,
    decode: (key, sealed) =>
      decodeRender(sealed, (bytes) => vault.open('renders', renderLocation(key), bytes)),
  })
  const hmac = (text: string): string => vault.hmac(text)
  const orphans = new FindOrphans({ ...stores, monotonic: () => clock.monotonic() })
  return new CompareApplication({ rendered, applications: stores.applications, hmac, orphans })
}

function openReconcile(
  parts: ClusterWorkerParts,
  steps: Pick<ReconcileApplicationDeps, 'sessions' | 'compare' | 'statuses'>,
): ReconcileApplication {
  const { stores, vault, clock, settings } = parts
  const hmac = (text: string): string => vault.hmac(text)
  const onOperation = (id: string): void => steps.statuses.offerOperation(id)
  return new ReconcileApplication({
    ...parts,
    ...steps,
    onOperation,
    healLimits: settings.sync.heals,
    sync: new RunSync({ ...stores, ...parts, hmac, onOperation, limits: syncLimits(settings) }),
    deletion: new RunDeletion({ ...stores, clock }),
  })
}

function openOwnership(parts: ClusterWorkerParts, owned: OwnedClusters, killSwitch: KillSwitch): Ownership {
  const { leases } = parts.stores
  return new Ownership({
    ...parts,
    leases,
    times: leaseTimes(parts.settings),
    kind: 'cluster',
    keys: () => killSwitch.clusterIds(),
    onGained: (id) => owned.gain(id),
    onLost: (id) => owned.lose(id),
  })
}

function syncLimits({ sync }: Settings) {
  const { objects: few, fraction: share, most: many } = sync.blastRadius
  return { dryRunFirst: sync.dryRunFirst, prune: { few, share, many } }
}
