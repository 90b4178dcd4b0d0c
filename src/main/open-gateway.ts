import { readFile } from 'node:fs/promises'
import { createGateway } from '../api/create-gateway.js'
import type { GatewayDeps } from '../api/gateway-deps.js'
import { AppError } from '../base/app-error.js'
import { FRESH_DEFAULT_PROJECT_SPEC } from '../engine/project/project.js'
import { CreateBootstrapLink } from '../login/bootstrap-link.js'
import type { DoorbellQueue } from '../queue/doorbell-queue.js'
import type { Settings } from '../settings/settings.js'
import type { Stores } from '../store/stores.js'
import { WEBHOOK_PATHS, WebhooksModule } from '../webhooks/webhooks.module.js'

/** What a gateway is made of, whether it is alone in its process or not. */
export interface GatewayParts extends Pick<
  GatewayDeps,
  | 'vault'
  | 'eventBus'
  | 'liveReads'
  | 'connectionCheck'
  | 'credentialRenewal'
  | 'clusterProbe'
  | 'auditProof'
  | 'clock'
  | 'newId'
  | 'logger'
  | 'notReady'
  | 'metrics'
> {
  readonly stores: Stores
  readonly settings: Settings
  readonly queue: DoorbellQueue
}

export interface OpenGateway {
  /** Where people reach it. */
  readonly url: string
  /** The one-time link, while the admin has no password. */
  readonly link: string | undefined
  close(): Promise<void>
}

/** Listens. Throws CONFLICT when the port is taken. */
export async function openGateway(parts: GatewayParts): Promise<OpenGateway> {
  const { stores, settings } = parts
  await createDefaultProject(parts)
  const gateway = await createGateway({
    ...parts,
    settings: {
      publicUrl: urlOf(settings),
      ...settings.login,
      trustedProxies: settings.http.trustedProxies,
      version: await version(),
    },
    modules: [webhooks(parts)],
    publicPaths: WEBHOOK_PATHS,
    rawPaths: WEBHOOK_PATHS,
  })
  const url = await listen(gateway, settings)
  const link = await new CreateBootstrapLink(stores.accounts, stores.settings).run(url)
  return { url, link, close: () => gateway.close() }
}

async function createDefaultProject({ stores, newId }: GatewayParts): Promise<void> {
  if ((await stores.projects.byName('default')) !== undefined) return
  const audit = { actor: 'system', action: 'create-project', object: 'project/default' }
  const project = { id: newId(), name: 'default', spec: FRESH_DEFAULT_PROJECT_SPEC, generation: 1 }
  try {
    await stores.projects.create(project, { audit, doorbells: [] })
  } catch (error) {
    // Another gateway was first.
    if (!(error instanceof AppError && error.code === 'CONFLICT')) throw error
  }
}

function webhooks({ stores, settings, queue, clock, logger }: GatewayParts) {
  const { secret } = settings.webhook.github
  return WebhooksModule.forRoot({
    repositories: stores.repositories,
    settings: stores.settings,
    queue,
    clock,
    logger,
    ...(secret === undefined ? {} : { githubSecret: secret }),
  })
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
