import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { VerifyAudit } from '../audit/verify-audit.js'
import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import type { Settings } from '../settings/settings.js'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../store/postgres/embedded-postgres.js'
import { runMigrations } from '../store/postgres/run-migrations.js'
import { openStores } from '../store/prisma/open-stores.js'
import type { Stores } from '../store/stores.js'
import { LocalVault } from '../vault/local/local-vault.js'
import { openVaultKeys } from '../vault/local/vault-keys.js'
import { openClusterWorker, type ClusterWorkerParts } from './open-cluster-worker.js'
import { openGateway } from './open-gateway.js'
import { openQueue } from './open-queue.js'
import { openRelay } from './open-relay.js'
import { openTelemetry, type Telemetry } from './open-telemetry.js'
import { openSourceWorker } from './open-source-worker.js'
import { openWorkerIdentity } from './worker-identity.js'

export interface AllInOne {
  /** Where people reach it. */
  readonly url: string
  /** The one-time link, while the admin has no password. */
  readonly link: string | undefined
  readonly stores: Stores
  stop(): Promise<void>
}

const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }
const newId = (): string => randomUUID()

/** Starts all roles in this process: database (unless a URL is set), gateway, source worker, cluster worker. */
export async function startAllInOne(settings: Settings, logger: Logger): Promise<AllInOne> {
  const database = await openDatabase(settings, logger)
  const parts = await openParts(settings, logger, database.url)
  const { stores, queue, events, telemetry } = parts
  const sources = openSourceWorker(parts)
  const clusters = openClusterWorker(parts)
  const workers = [sources.watched, clusters.watched]
  const serving = await telemetry.serve({ stores, workers, fleet: true })
  const gateway = await openGateway({
    ...parts,
    notReady: () => serving.notReady(),
    eventBus: events,
    liveReads: clusters.liveReads,
    connectionCheck: sources.check,
    clusterProbe: clusters.probe,
    credentialRenewal: clusters.renewal,
    auditProof: new VerifyAudit(stores.auditChain, (text) => parts.vault.hmac(text)),
  })
  const relay = openRelay({ stores, queue, logger, settings, tidies: parts.vault })
  relay.start()
  await Promise.all([sources.start(), clusters.start()])
  const stop = async (): Promise<void> => {
    await serving.close()
    await gateway.close()
    await relay.close()
    await Promise.all([sources.close(), clusters.close()])
    await queue.close()
    await events.close()
    await stores.close()
    await database.stop()
  }
  return { url: gateway.url, link: gateway.link, stores, stop }
}

async function openParts(
  settings: Settings,
  logger: Logger,
  url: string,
): Promise<ClusterWorkerParts & { readonly telemetry: Telemetry }> {
  const { dir } = settings.state
  await mkdir(dir, { recursive: true })
  const telemetry = openTelemetry('all-in-one', settings, logger)
  const stores = telemetry.measured(
    openStores({
      connectionString: url,
      logger,
      maxConnections: settings.database.maxConnections,
      pollSeconds: settings.git.pollSeconds + settings.git.jitterSeconds,
    }),
  )
  const { formerRunIsDead, ...identity } = await openWorkerIdentity(dir, 'all-in-one')
  return {
    telemetry,
    metrics: telemetry.metrics,
    stores,
    settings,
    logger,
    clock,
    newId,
    formerRunIsDead,
    role: 'all-in-one',
    holder: { ...identity, address: '' },
    vault: new LocalVault(await openVaultKeys(dir)),
    ...(await openQueue(settings, { logger, databaseUrl: url })),
  }
}

async function openDatabase(
  settings: Settings,
  logger: Logger,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  await mkdir(settings.state.dir, { recursive: true })
  let embedded: EmbeddedPostgres | undefined
  if (settings.database.url === undefined) {
    embedded = await startEmbeddedPostgres({ dir: join(settings.state.dir, 'postgres'), logger })
  }
  const url = settings.database.url ?? embedded?.connectionString ?? ''
  await runMigrations(url, { logger })
  return { url, stop: async () => embedded?.stop() }
}
