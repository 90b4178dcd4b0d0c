import { createHmac, randomBytes } from 'node:crypto'
import { request } from 'undici'
import { openDefaultProject } from '../../test/support/open-default-project.js'
import { inFlight } from '../cluster/apply-manifests.js'
import type { Contestant, Learned, Push } from '../contestant.js'
import type { BenchOptions } from '../options.js'
import { appName, namespaceOf } from '../repository/manifests.js'
import type { Stage } from '../stage.js'
import { startAllInOne } from './all-in-one.js'
import { GraphqlClient } from './graphql.js'
import type { Product } from './product.js'
import { whenAllKnow } from './revisions.js'
import { rowsWritten } from './rows-written.js'
import { startSplit } from './split.js'

const PAGE = 100

/** One cluster as the product shall know it. */
export interface Destination {
  readonly name: string
  readonly kubeconfig: string
  readonly namespaces?: readonly string[]
}

export interface OursSetup {
  readonly stage: Stage
  readonly options: Pick<BenchOptions, 'roles' | 'dryRunFirst'>
  /** Application n goes to the n-th, going round; default the one of the stage. */
  readonly destinations?: readonly Destination[]
}

/** The product as it ships, signed in, with the clusters and the repository registered. */
export async function startOurs(setup: OursSetup): Promise<Ours> {
  const ours = new Ours(setup)
  try {
    await ours.start()
    return ours
  } catch (error) {
    await ours.stop()
    throw error
  }
}

export class Ours implements Contestant {
  readonly user = 'sut'
  private readonly stage: Stage
  private readonly setup: OursSetup
  private readonly destinations: readonly Destination[]
  private readonly secret = randomBytes(16).toString('hex')
  private product: Product | undefined
  private session: GraphqlClient | undefined

  constructor(setup: OursSetup) {
    this.setup = setup
    this.stage = setup.stage
    this.destinations = setup.destinations ?? [
      { name: 'bench', kubeconfig: setup.stage.cluster.kubeconfig('sut') },
    ]
  }

  get pids(): readonly number[] {
    return this.running.pids
  }

  get api(): GraphqlClient {
    if (this.session === undefined) throw new Error('The product was not started')
    return this.session
  }

  get repositoryUrl(): string {
    return this.stage.repositoryUrl
  }

  databaseUrl(): Promise<string> {
    return this.running.databaseUrl()
  }

  async start(): Promise<void> {
    const product = await this.launch(false)
    const api = new GraphqlClient(product.url)
    this.session = api
    const password = randomBytes(16).toString('hex')
    const setup = { token: product.setupToken, password, bearer: true }
    api.useToken(String((await api.change('completeSetup', setup, 'token'))['token']))
    await openDefaultProject(api)
    await inFlight(this.destinations, async (one) => void (await api.change('addCluster', { ...one })))
    await api.change('addRepository', { url: this.stage.repositoryUrl })
  }

  async declareAll(): Promise<void> {
    const indexes = Array.from({ length: this.stage.shape.apps }, (_, index) => index)
    await inFlight(indexes, async (index) => {
      await this.api.change('createApplication', { name: appName(index), spec: this.specOf(index) })
    })
  }

  async armCommits(): Promise<void> {}

  async announce({ before, after, changed }: Push): Promise<void> {
    const { repositoryUrl } = this.stage
    const body = JSON.stringify({
      ref: 'refs/heads/main',
      before,
      after,
      repository: {
        html_url: repositoryUrl.replace(/\.git$/, ''),
        clone_url: repositoryUrl,
        default_branch: 'main',
      },
      commits: [{ id: after, added: [], removed: [], modified: changed }],
    })
    const answer = await request(`${this.api.url}/api/webhook`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'push',
        'x-github-delivery': after,
        'x-hub-signature-256': `sha256=${createHmac('sha256', this.secret).update(body).digest('hex')}`,
      },
      body,
    })
    const text = await answer.body.text()
    if (answer.statusCode >= 300) throw new Error(`The webhook answered ${answer.statusCode}: ${text}`)
  }

  async learn(push: Push): Promise<Learned> {
    const start = performance.now()
    await this.announce(push)
    const announced = performance.now() - start
    const { ms, confirmedMs } = await whenAllKnow(this.api, this.stage.shape, push.after)
    return { ms: announced + ms, confirmedMs: announced + confirmedMs }
  }

  async armHealing(): Promise<void> {}

  async syncedCount(): Promise<number> {
    let count = 0
    let after: string | null = null
    for (;;) {
      const page = await this.page(after)
      count += page.nodes.length
      if (!page.pageInfo.hasNextPage) return count
      after = page.pageInfo.endCursor ?? null
    }
  }

  async restart(how: 'asked' | 'killed', whileDown: () => Promise<void>): Promise<number> {
    await this.running.stop(how)
    await whileDown()
    const start = performance.now()
    const product = await this.launch(true)
    this.session = this.api.at(product.url)
    return start
  }

  async rowsWritten(): Promise<Readonly<Record<string, number>>> {
    return rowsWritten(await this.databaseUrl())
  }

  async stop(): Promise<void> {
    await this.product?.stop()
  }

  private get running(): Product {
    if (this.product === undefined) throw new Error('The product was not started')
    return this.product
  }

  private async launch(again: boolean): Promise<Product> {
    const { options, stage } = this.setup
    const start = options.roles === 'split' ? startSplit : startAllInOne
    const env = { LOCKSTEP__SYNC__DRYRUNFIRST: options.dryRunFirst }
    this.product = await start({ folder: stage.folder, webhookSecret: this.secret, env, again })
    return this.product
  }

  private async page(after: string | null): Promise<Page> {
    const query = `query($after: String) { applications(first: ${PAGE}, after: $after, filter: { sync: SYNCED }) { nodes { name } pageInfo { hasNextPage endCursor } } }`
    return (await this.api.ask(query, { after }))['applications'] as Page
  }

  private specOf(index: number): Readonly<Record<string, unknown>> {
    const { shape, repositoryUrl } = this.stage
    const { appsPerNamespace = 1 } = shape
    const cluster = this.destinations[Math.floor(index / appsPerNamespace) % this.destinations.length]
    return {
      project: 'default',
      source: { repoURL: repositoryUrl, path: `apps/${appName(index)}`, targetRevision: 'main' },
      destination: { name: cluster?.name, namespace: namespaceOf(index, shape) },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    }
  }
}

interface Page {
  readonly nodes: readonly unknown[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null }
}
