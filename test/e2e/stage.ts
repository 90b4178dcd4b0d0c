import { createHmac, randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import type { ClusterAccess } from '../cluster/cluster-access.js'
import { type Files, createRepository } from '../support/git-repository.js'
import { type GitServer, startGitServer } from '../support/git-server.js'
import { RunningProduct } from '../support/running-product.js'
import { borrowCluster } from '../support/throw-away-cluster.js'

export interface Condition {
  readonly type: string
  readonly message: string
}

export interface OperationView {
  readonly id: string
  readonly kind: string
  readonly phase: string
  readonly message: string
  readonly finishedAt: string | null
  readonly revisions: readonly string[]
  readonly results: readonly { readonly kind: string; readonly name: string; readonly message: string }[]
}

export interface ApplicationView {
  readonly sync: string
  readonly health: { readonly status: string }
  readonly revisions: readonly string[]
  readonly conditions: readonly Condition[]
  readonly operation: OperationView | null
  readonly resources: readonly { readonly kind: string; readonly name: string; readonly status: string }[]
}

const OPERATION = 'id kind phase message finishedAt revisions results { kind name message }'
const VIEW = `query($name: String!) { application(name: $name) {
  sync health { status } revisions conditions { type message }
  operation { ${OPERATION} } resources { kind name status } } }`

const CREDENTIALS = { username: 'robot', password: `git-${randomBytes(12).toString('hex')}` }

/** A repository as the tests commit to it and as the product reads it. */
export interface StageRepository {
  readonly path: string
  readonly url: string
}

/** The product with a real API server, a real Git server that asks for a password, and real Postgres. */
export class Stage {
  readonly cluster: ClusterAccess
  readonly product: RunningProduct
  readonly webhookSecret: string
  readonly gitPassword = CREDENTIALS.password
  readonly #git: GitServer
  readonly #root: string

  private constructor(parts: {
    readonly cluster: ClusterAccess
    readonly product: RunningProduct
    readonly webhookSecret: string
    readonly git: GitServer
    readonly root: string
  }) {
    this.cluster = parts.cluster
    this.product = parts.product
    this.webhookSecret = parts.webhookSecret
    this.#git = parts.git
    this.#root = parts.root
  }

  /** `env`: more environment of the product. */
  static async open(env: Readonly<Record<string, string>> = {}): Promise<Stage> {
    const webhookSecret = `hook-${randomBytes(12).toString('hex')}`
    const root = await mkdtemp(join(tmpdir(), 'lockstep-stage-'))
    await chmod(root, 0o711)
    const [cluster, git, product] = await Promise.all([
      borrowCluster(),
      startGitServer({ root, credentials: CREDENTIALS }),
      RunningProduct.start({ env: { LOCKSTEP__WEBHOOK__GITHUB__SECRET: webhookSecret, ...env } }),
    ])
    return new Stage({ cluster, product, webhookSecret, git, root })
  }

  async close(): Promise<void> {
    await this.product.stop()
    await this.#git.stop()
    await rm(this.#root, { recursive: true, force: true })
  }

  get api() {
    return this.product.api
  }

  /** Where a repository of this name would be served. */
  gitUrl(name: string): string {
    return `${this.#git.url}/${name}.git`
  }

  async createRepository(name: string, files: Files): Promise<StageRepository> {
    const { path } = await createRepository(this.#root, name, files)
    return { path, url: this.gitUrl(name) }
  }

  /** Creates a repository and connects it with its password. */
  async repository(name: string, files: Files): Promise<StageRepository> {
    const repository = await this.createRepository(name, files)
    await this.api.change('addRepository', { url: repository.url, ...CREDENTIALS })
    return repository
  }

  async connectCluster(name: string): Promise<void> {
    await this.api.change('addCluster', { name, kubeconfig: this.cluster.kubeconfig('sut') })
  }

  /** Rings the webhook as GitHub does; answers the status. */
  async announce(
    repository: StageRepository,
    secret: string | undefined = this.webhookSecret,
  ): Promise<number> {
    const body = JSON.stringify({
      ref: 'refs/heads/main',
      repository: { clone_url: repository.url, html_url: repository.url.replace(/\.git$/, '') },
    })
    const signature = createHmac('sha256', secret).update(body).digest('hex')
    const answer = await request(`${this.product.url}/api/webhook`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'push',
        'x-github-delivery': randomBytes(8).toString('hex'),
        ...(secret !== '' && { 'x-hub-signature-256': `sha256=${signature}` }),
      },
      body,
    })
    await answer.body.dump()
    return answer.statusCode
  }

  async application(name: string): Promise<ApplicationView> {
    return (await this.api.ask(VIEW, { name }))['application'] as ApplicationView
  }

  async operation(id: string): Promise<OperationView> {
    const query = `query($id: ID!) { operation(id: $id) { ${OPERATION} } }`
    return (await this.api.ask(query, { id }))['operation'] as OperationView
  }

  /** Waits until the application is as wanted; fails with how it is instead. */
  async until(
    name: string,
    wanted: (application: ApplicationView) => boolean,
    patienceMs = 45_000,
  ): Promise<ApplicationView> {
    const end = performance.now() + patienceMs
    for (;;) {
      const application = await this.application(name)
      if (wanted(application)) return application
      if (performance.now() > end) {
        throw new Error(`Application ${name} stays: ${JSON.stringify(application, null, 1).slice(0, 3000)}`)
      }
      await sleep(100)
    }
  }

  /** Waits until it is synced to `commit` and nothing runs. */
  synced(name: string, commit?: string): Promise<ApplicationView> {
    return this.until(name, (application) => isSynced(application, commit))
  }
}

export function isSynced({ sync, revisions, operation }: ApplicationView, commit?: string): boolean {
  const over = operation === null || operation.finishedAt !== null
  return sync === 'SYNCED' && over && (commit === undefined || revisions[0] === commit)
}

/** Waits for anything that becomes true. */
export async function eventually(wanted: () => Promise<boolean>, what: string, patienceMs = 30_000) {
  const end = performance.now() + patienceMs
  while (!(await wanted())) {
    if (performance.now() > end) throw new Error(`Never came true: ${what}`)
    await sleep(100)
  }
}

export interface SpecParts {
  readonly repository: string
  readonly path: string
  readonly cluster: string
  readonly namespace: string
  readonly project?: string
}

/** Automated with prune and self-heal. */
export function automatedSpec(parts: SpecParts) {
  return {
    project: parts.project ?? 'default',
    source: { repoURL: parts.repository, path: parts.path, targetRevision: 'main' },
    destination: { name: parts.cluster, namespace: parts.namespace },
    syncPolicy: { automated: { prune: true, selfHeal: true } },
  }
}

export function configMap(name: string, content: Readonly<Record<string, string>>, wave?: number): string {
  const annotations = wave === undefined ? undefined : { 'argocd.argoproj.io/sync-wave': String(wave) }
  const metadata = { name, ...(annotations && { annotations }) }
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: content })
}
