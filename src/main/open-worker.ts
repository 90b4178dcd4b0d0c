import type { Clock, NewId } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import type { EventBus } from '../events/event-bus.js'
import type { GitSource } from '../git/git-source.js'
import { UndiciClusterConnector } from '../kube/undici/undici-cluster-connector.js'
import { CompareApplication } from '../reconcile/compare-application.js'
import { ClusterSessions } from '../reconcile/cluster-sessions.js'
import { OwnerLiveReads } from '../reconcile/read-live.js'
import { ReconcileApplication } from '../reconcile/reconcile-application.js'
import { RenderedSources } from '../reconcile/rendered-sources.js'
import { RunDeletion } from '../reconcile/run-deletion.js'
import { RunSync } from '../reconcile/run-sync.js'
import { StatusFlusher } from '../reconcile/status-flusher.js'
import { DirectoryRenderer } from '../render/directory/directory-renderer.js'
import { decodeRender, renderLocation } from '../render/render-archive.js'
import type { Settings } from '../settings/settings.js'
import { GitSourceFiles } from '../sources/git-source-files.js'
import { openSources } from '../sources/open-sources.js'
import type { Stores } from '../store/stores.js'
import type { Vault } from '../vault/vault.js'
import { ClusterWorker } from '../worker/cluster-worker.js'
import { SourceWorker } from '../worker/source-worker.js'

export interface WorkerParts {
  readonly stores: Stores
  readonly vault: Vault
  readonly git: GitSource
  readonly events: EventBus
  readonly settings: Settings
  readonly clock: Clock
  readonly newId: NewId
  readonly logger: Logger
}

export interface OpenWorker {
  readonly clusterWorker: ClusterWorker
  readonly sourceWorker: SourceWorker
  readonly liveReads: OwnerLiveReads
  readonly connector: UndiciClusterConnector
  close(): Promise<void>
}

/** Puts both workers together: sources and clusters. */
export function openWorker(parts: WorkerParts): OpenWorker {
  const { stores, vault, logger, clock } = parts
  const connector = new UndiciClusterConnector({ privateAddresses: 'allow' })
  const hmac = (text: string): string => vault.hmac(text)
  const sessions = new ClusterSessions({
    ...stores,
    connector,
    vault,
    logger,
    now: () => clock.now(),
    onChange: ({ applicationId, application }) => {
      if (applicationId !== undefined) clusterWorker.wake(applicationId)
      else if (application !== undefined) clusterWorker.wakeByTrackingName(application)
    },
  })
  const rendered = new RenderedSources({
    renders: stores.renders,
    decode: (key, sealed) =>
      decodeRender(sealed, (bytes) => vault.open('renders', renderLocation(key), bytes)),
  })
  const compare = new CompareApplication({ rendered, applications: stores.applications, hmac })
  const statuses = new StatusFlusher({ applications: stores.applications, events: parts.events, logger })
  const clusterWorker: ClusterWorker = new ClusterWorker({
    stores,
    logger,
    reconcile: new ReconcileApplication({
      ...parts,
      sessions,
      compare,
      statuses,
      sync: new RunSync({ ...stores, ...parts, hmac, limits: syncLimits(parts.settings) }),
      deletion: new RunDeletion({ ...stores, clock }),
    }),
  })
  const sourceWorker = openSourceWorker(parts)
  return {
    clusterWorker,
    sourceWorker,
    liveReads: new OwnerLiveReads({ stores, sessions, compare }),
    connector,
    close: async () => {
      await Promise.all([sourceWorker.close(), clusterWorker.close()])
      await statuses.flush()
      await sessions.close()
    },
  }
}

function openSourceWorker({ stores, vault, git, clock, logger, settings }: WorkerParts): SourceWorker {
  const sources = openSources({
    ...stores,
    git,
    vault,
    clock,
    logger,
    renderer: new DirectoryRenderer(new GitSourceFiles(git)),
    random: Math.random,
    pollIntervalSeconds: settings.git.pollSeconds,
    pollJitterSeconds: settings.git.jitterSeconds,
  })
  return new SourceWorker({ sources, applications: stores.applications, logger })
}

function syncLimits({ sync }: Settings) {
  const { objects: few, fraction: share, most: many } = sync.blastRadius
  return { dryRunFirst: sync.dryRunFirst, prune: { few, share, many } }
}
