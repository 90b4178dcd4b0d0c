import { openFixture, type Answer, type Fixture } from '../../integration/api/gateway-fixture.js'
import type { GatewayDeps } from '../../../src/api/gateway-deps.js'
import { silentLogger } from '../../../src/base/logger.js'
import { MemoryQueue } from '../../../src/queue/memory/memory-queue.js'
import { openMemoryStores } from '../../../src/store/memory/open-memory-stores.js'
import { WEBHOOK_PATHS, WebhooksModule } from '../../../src/webhooks/webhooks.module.js'
import { callOf } from './call-of.js'
import { APPLICATION_SPEC, GIVEN, REPOSITORY, TEMPLATE, VICTIM, type Known } from './given.js'
import { subscribed } from './subscribed.js'
import { APPLICATION, askAs, openIdentities, PROJECT, projectSpec, type Identity } from './identities.js'
import type { RootField } from './root-fields.js'

/** A gateway with ten identities, and a world that is put back before each call. */
export interface CrawlStage {
  call(root: RootField, identity: Identity, change?: (given: object) => object): Promise<Answer>
  /** Every method and path that is answered. */
  routes(): readonly string[]
  /** The status of a request without a body. */
  status(route: string, identity: Identity): Promise<number>
  close(): Promise<void>
}

export async function openCrawlStage(): Promise<CrawlStage> {
  // Two minutes behind, so that a token of one minute can be made and has expired.
  let behindMs = 120_000
  const now = (): number => Date.now() - behindMs
  const gateway = await openFixture({
    ...webhooks(),
    clock: { now, monotonic: () => performance.now() },
  })
  const admin = await gateway.signIn()
  const tokens = await openIdentities(gateway, admin)
  behindMs = 0
  let round = 0
  return {
    call: async (root, identity, change = (given) => given) => {
      round += 1
      const session = identity === 'admin' ? await signInAgain(gateway) : tokens[identity]
      const known = { operation: await putBack(gateway, admin), round } satisfies Known
      const describe = GIVEN[root.key]
      if (describe === undefined) throw new Error(`test/security/crawl/given.ts has no line "${root.key}"`)
      const { document, variables } = callOf(
        root.kind,
        root.field,
        change(describe(known)) as Record<string, unknown>,
      )
      if (root.kind === 'subscription') return subscribed(gateway.url, session, { document, variables })
      return gateway.ask(document, { ...(session !== undefined && { token: session }), variables })
    },
    routes: () => gateway.routes(),
    status: async (route, identity) => {
      const [method = '', path = ''] = route.split(' ')
      const token = tokens[identity]
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
      const response = await fetch(`${gateway.url}${path}`, { method, headers, redirect: 'manual' })
      await response.arrayBuffer()
      return response.status
    },
    close: () => gateway.close(),
  }
}

/** The routes of the webhooks, as the gateway has them in the product. */
function webhooks(): Pick<GatewayDeps, 'modules' | 'publicPaths' | 'rawPaths'> {
  const stores = openMemoryStores()
  const module = WebhooksModule.forRoot({
    repositories: stores.repositories,
    settings: stores.settings,
    queue: new MemoryQueue(),
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    logger: silentLogger,
    githubSecret: 'CANARY-webhook-secret',
  })
  return { modules: [module], publicPaths: WEBHOOK_PATHS, rawPaths: WEBHOOK_PATHS }
}

/** Calls may end the session that makes them. */
async function signInAgain(gateway: Fixture): Promise<string> {
  const answer = await gateway.ask(
    'mutation { login(input: { username: "admin", password: "canary-admin-password", bearer: true }) { token } }',
  )
  return answer.data.login.token
}

/** Whatever the last call removed; answers the id of an operation of the application. */
async function putBack(gateway: Fixture, admin: string): Promise<string> {
  const ask = askAs(gateway, admin)
  await ask('createProject', { name: PROJECT, spec: projectSpec(PROJECT), upsert: true })
  await ask('createAccount', { name: VICTIM, capabilities: ['LOGIN', 'API_KEY'] })
  await ask('createApiToken', { account: VICTIM, name: 'crawl-token' })
  await ask('createRoleToken', { project: PROJECT, role: 'team', name: 'crawl-token' })
  await ask('addRepository', {
    url: REPOSITORY,
    username: 'robot',
    password: 'canary-git-password',
    skipCheck: true,
  })
  await ask('addCredentialTemplate', { url: TEMPLATE, password: 'canary-git-password', upsert: true })
  await ask('createApplication', { name: APPLICATION, spec: APPLICATION_SPEC })
  const answer = await gateway.ask(
    'mutation($input: SyncApplicationInput!) { syncApplication(input: $input) { operation { id } } }',
    { token: admin, variables: { input: { name: APPLICATION, idempotencyKey: 'crawl' } } },
  )
  return answer.data?.syncApplication?.operation?.id ?? 'none'
}
