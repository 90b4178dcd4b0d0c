import { createHmac, randomBytes } from 'node:crypto'
import { request } from 'undici'
import { inFlight } from '../cluster/apply-manifests.js'
import type { Contestant, Push } from '../contestant.js'
import { appName } from '../repository/manifests.js'
import type { Stage } from '../stage.js'
import { type AllInOne, startAllInOne } from './all-in-one.js'
import { GraphqlClient } from './graphql.js'

const CLUSTER = 'bench'
const PAGE = 100

/** The product as it ships, signed in, with the cluster and the repository registered. */
export async function startOurs(stage: Stage): Promise<Contestant> {
  const secret = randomBytes(16).toString('hex')
  const product = await startAllInOne(stage.folder, secret)
  try {
    const api = new GraphqlClient(product.url)
    const password = randomBytes(16).toString('hex')
    const setup = { token: product.setupToken, password, bearer: true }
    api.useToken(String((await api.change('completeSetup', setup, 'token'))['token']))
    await api.change('addCluster', { name: CLUSTER, kubeconfig: stage.cluster.kubeconfig('sut') })
    await api.change('addRepository', { url: stage.repositoryUrl })
    return new Ours(stage, { product, api, secret })
  } catch (error) {
    await product.stop()
    throw error
  }
}

interface Session {
  readonly product: AllInOne
  readonly api: GraphqlClient
  readonly secret: string
}

class Ours implements Contestant {
  readonly user = 'sut'
  private readonly stage: Stage
  private readonly session: Session

  constructor(stage: Stage, session: Session) {
    this.stage = stage
    this.session = session
  }

  get pid(): number {
    return this.session.product.pid
  }

  async declareAll(): Promise<void> {
    const names = Array.from({ length: this.stage.shape.apps }, (_, index) => appName(index))
    await inFlight(names, async (name) => {
      await this.session.api.change('createApplication', { name, spec: this.specOf(name) })
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
    const answer = await request(`${this.session.api.url}/api/webhook`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'push',
        'x-github-delivery': after,
        'x-hub-signature-256': `sha256=${createHmac('sha256', this.session.secret).update(body).digest('hex')}`,
      },
      body,
    })
    const text = await answer.body.text()
    if (answer.statusCode >= 300) throw new Error(`The webhook answered ${answer.statusCode}: ${text}`)
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

  stop(): Promise<void> {
    return this.session.product.stop()
  }

  private async page(after: string | null): Promise<Page> {
    const query = `query($after: String) { applications(first: ${PAGE}, after: $after, filter: { sync: SYNCED }) { nodes { name } pageInfo { hasNextPage endCursor } } }`
    return (await this.session.api.ask(query, { after }))['applications'] as Page
  }

  private specOf(name: string): Readonly<Record<string, unknown>> {
    return {
      project: 'default',
      source: { repoURL: this.stage.repositoryUrl, path: `apps/${name}`, targetRevision: 'main' },
      destination: { name: CLUSTER, namespace: name },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    }
  }
}

interface Page {
  readonly nodes: readonly unknown[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null }
}
