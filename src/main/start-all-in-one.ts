import { randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createGateway } from '../api/create-gateway.js'
import { AppError, reasonOf } from '../base/app-error.js'
import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { DEFAULT_PROJECT_SPEC } from '../engine/project/project.js'
import { MemoryBus } from '../events/memory/memory-bus.js'
import { CommandLineGit } from '../git/command-line/command-line-git.js'
import { CreateBootstrapLink } from '../login/bootstrap-link.js'
import { MemoryQueue } from '../queue/memory/memory-queue.js'
import type { Settings } from '../settings/settings.js'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../store/postgres/embedded-postgres.js'
import { runMigrations } from '../store/postgres/run-migrations.js'
import { openStores } from '../store/prisma/open-stores.js'
import type { Stores } from '../store/stores.js'
import { LocalVault } from '../vault/local/local-vault.js'
import { openVaultKeys } from '../vault/local/vault-keys.js'
import { OutboxRelay } from '../worker/outbox-relay.js'
import { WEBHOOK_PATHS, WebhooksModule } from '../webhooks/webhooks.module.js'
import { GitConnectionCheck } from './git-connection-check.js'
import { openWorker, type OpenWorker, type WorkerParts } from './open-worker.js'

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
  const dir = settings.state.dir
  await mkdir(dir, { recursive: true })
  const database = await openDatabase(settings, logger)
  const stores = openStores({
    connectionString: database.url,
    logger,
    maxConnections: settings.database.maxConnections,
  })
  await createDefaultProject(stores)
  const parts: WorkerParts = {
    stores,
    settings,
    logger,
    clock,
    newId,
    vault: new LocalVault(await openVaultKeys(dir)),
    events: new MemoryBus(logger),
    git: new CommandLineGit({
      cacheDir: join(dir, 'mirrors'),
      logger,
      listTimeoutMs: settings.git.timeoutSeconds * 1000,
    }),
  }
  const worker = openWorker(parts)
  const doorbells = new MemoryQueue()
  const gateway = await openGateway(parts, worker, doorbells)
  const url = await listen(gateway, settings)
  const relay = startWork(parts, worker, doorbells)
  const link = await new CreateBootstrapLink(stores.accounts, stores.settings).run(url)
  const stop = async (): Promise<void> => {
    await gateway.close()
    await relay.close()
    await doorbells.close()
    await worker.close()
    await parts.git.close()
    await stores.close()
    await database.stop()
  }
  return { url, link, stores, stop }
}

async function openDatabase(
  settings: Settings,
  logger: Logger,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  let embedded: EmbeddedPostgres | undefined
  if (settings.database.url === undefined) {
    embedded = await startEmbeddedPostgres({ dir: join(settings.state.dir, 'postgres'), logger })
  }
  const url = settings.database.url ?? embedded?.connectionString ?? ''
  await runMigrations(url, { logger })
  return { url, stop: async () => embedded?.stop() }
}

async function createDefaultProject(stores: Stores): Promise<void> {
  if ((await stores.projects.byName('default')) !== undefined) return
  const audit = { actor: 'system', action: 'create-project', object: 'project/default' }
  const project = { id: newId(), name: 'default', spec: DEFAULT_PROJECT_SPEC, generation: 1 }
  await stores.projects.create(project, { audit, doorbells: [] })
}

async function openGateway(parts: WorkerParts, worker: OpenWorker, queue: MemoryQueue) {
  const { stores, settings, logger } = parts
  const { secret } = settings.webhook.github
  return createGateway({
    ...parts,
    eventBus: parts.events,
    liveReads: worker.liveReads,
    connectionCheck: new GitConnectionCheck(parts.git),
    clusterConnector: worker.connector,
    settings: {
      publicUrl: urlOf(settings),
      sessionHours: settings.login.sessionHours,
      version: await version(),
    },
    modules: [
      WebhooksModule.forRoot({
        repositories: stores.repositories,
        settings: stores.settings,
        queue,
        clock,
        logger,
        ...(secret === undefined ? {} : { githubSecret: secret }),
      }),
    ],
    publicPaths: WEBHOOK_PATHS,
  })
}

function startWork({ stores, logger }: WorkerParts, worker: OpenWorker, queue: MemoryQueue): OutboxRelay {
  const { clusterWorker, sourceWorker } = worker
  queue.listen('repository', (id) => sourceWorker.wakeRepository(id))
  queue.listen('application', (id) => {
    sourceWorker.wakeApplication(id)
    clusterWorker.wake(id)
  })
  queue.listen('cluster', (id) => {
    stores.clusters
      .get(id)
      .then((cluster) => cluster && clusterWorker.wakeCluster(cluster))
      .catch((error: unknown) => logger.warn('a cluster could not be looked up', { reason: reasonOf(error) }))
  })
  const relay = new OutboxRelay({ outbox: stores.outbox, queue, logger })
  relay.start()
  sourceWorker.start()
  clusterWorker
    .resume()
    .catch((error: unknown) =>
      logger.error('work that was under way could not be resumed', { reason: reasonOf(error) }),
    )
  return relay
}

async function listen(
  gateway: Awaited<ReturnType<typeof createGateway>>,
  settings: Settings,
): Promise<string> {
  const { host, port } = settings.http
  try {
    await gateway.listen(port, host)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    const message = `Port ${port} on ${host} is taken by another program. Choose another one with --port N or LOCKSTEP__HTTP__PORT.`
    throw new AppError('CONFLICT', message)
  }
  return urlOf(settings)
}

function urlOf({ http }: Settings): string {
  return http.publicUrl ?? `http://${http.host === '0.0.0.0' ? '127.0.0.1' : http.host}:${http.port}`
}

async function version(): Promise<string> {
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const text = await readFile(new URL(path, import.meta.url), 'utf8')
      return String((JSON.parse(text) as { readonly version?: string }).version)
    } catch {
      // The next place: the build is one folder deeper than the sources.
    }
  }
  return 'unknown'
}
