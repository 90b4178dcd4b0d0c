import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { silentLogger } from '../../src/base/logger.js'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/postgres/embedded-postgres.js'
import { ensureClusterBinary } from '../cluster/build-cluster-binary.js'
import { type TestCluster, launchCluster } from '../cluster/launch-cluster.js'
import { type GitServer, startGitServer } from '../support/git-server.js'
import { type LyingProxy, startLyingProxy } from '../support/lying-proxy.js'
import { ROOT, RunningProduct, type ProductApi } from '../support/running-product.js'
import { ROLES, type RoleName } from '../support/running-roles.js'
import { type GitFront, startGitFront } from './git-front.js'
import { Killer } from './killer.js'
import { type FaultyRedis, startFaultyRedis } from './redis.js'
import { Rival } from './rival.js'
import { SplitProduct } from './split-product.js'
import { TcpProxy } from './tcp-proxy.js'

const HOOK = pathToFileURL(join(ROOT, 'dist/test/faults/crash-hook.js')).href
const PASSWORD = 'a first password of twelve'

/**
 * `memory`: one process, and doorbells stay in its memory; `redis`: they go through a Redis, so that a second process can join; `roles`:
 * gateway, source worker and cluster worker are processes of their own.
 */
export const SHAPES = ['memory', 'redis', 'roles'] as const
export type Shape = (typeof SHAPES)[number]

/** What the trials need of the product, whatever its shape. */
export interface Product {
  readonly folder: string
  readonly url: string
  readonly api: ProductApi
  /** Of the process that writes to the cluster. */
  readonly pid: number
  /** Every process of it. */
  readonly isAlive: boolean
  readonly output: string
  completeSetup(password: string): Promise<void>
  /** kill -9 of every process. */
  kill(): Promise<void>
  /** Starts again what is dead. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface WorldParts {
  readonly root: string
  readonly cluster: TestCluster
  readonly lies: LyingProxy
  readonly clusterLink: TcpProxy
  readonly git: GitServer
  readonly gitFront: GitFront
  /** Absent when LOCKSTEP__DATABASE__URL names a Postgres that is not ours to break. */
  readonly postgres: EmbeddedPostgres | undefined
  readonly databaseLink: TcpProxy
  readonly database: pg.Pool
  readonly databaseUrl: string
  readonly webhookSecret: string
  readonly killer: Killer
  readonly shape: Shape
  /** Not in the shape `memory`. */
  readonly redis: FaultyRedis | undefined
  /** What the product was started with. */
  readonly productEnv: Readonly<Record<string, string>>
  readonly product: Product
}

/**
 * One control plane, one Postgres, one Git server and the product, for a whole series. The product reaches each of
 * them only through a proxy that can fail; the trials themselves ask them directly.
 */
export class World {
  readonly parts: WorldParts
  #rival: Rival | undefined

  private constructor(parts: WorldParts) {
    this.parts = parts
  }

  static async open(shape: Shape = 'memory'): Promise<World> {
    const root = await mkdtemp(join(tmpdir(), 'lockstep-faults-'))
    // As root, Postgres runs as another user, who must get through to its folder.
    await chmod(root, 0o711)
    const binary = await ensureClusterBinary({ onProgress: (line) => process.stderr.write(`${line}\n`) })
    const [cluster, git, postgres] = await Promise.all([
      launchCluster({ dir: join(root, 'cluster'), binary, fsync: false }),
      startGitServer({ root }),
      ownPostgres(join(root, 'postgres')),
    ])
    const read = (name: string): Promise<string> => readFile(join(cluster.dir, name), 'utf8')
    const tls = { key: await read('server.key'), cert: await read('server.crt') }
    const lies = await startLyingProxy({ server: cluster.server, caPem: cluster.caPem, tls })
    const clusterLink = await TcpProxy.start(addressOf(lies.server))
    const gitFront = await startGitFront(git.url)
    const database = await openDatabase(postgres)
    const redis = shape === 'memory' ? undefined : await startFaultyRedis()
    const webhookSecret = `hook-${randomBytes(12).toString('hex')}`
    const orders = join(root, 'orders')
    const productEnv = environment({ databaseUrl: database.productUrl, webhookSecret, orders, redis })
    const product = await (shape === 'roles' ? SplitProduct : RunningProduct).start({ env: productEnv })
    // Also when this program breaks off before it can close the world; roles follow their parent.
    process.once('exit', () => isRunning(product.pid) && process.kill(product.pid, 'SIGKILL'))
    const world = new World({
      ...{
        root,
        cluster,
        lies,
        clusterLink,
        git,
        gitFront,
        postgres,
        webhookSecret,
        product,
        redis,
        productEnv,
        shape,
      },
      databaseLink: database.link,
      database: database.pool,
      databaseUrl: database.url,
      killer: new Killer(orders),
    })
    await product.completeSetup(PASSWORD)
    await world.connect(`https://127.0.0.1:${clusterLink.port}`)
    return world
  }

  async close(): Promise<void> {
    const {
      product,
      lies,
      clusterLink,
      gitFront,
      git,
      databaseLink,
      database,
      postgres,
      cluster,
      root,
      redis,
    } = this.parts
    await this.calm().catch(() => undefined)
    await this.dismissRival()
    await product.stop()
    await Promise.all([clusterLink.close(), gitFront.close(), databaseLink.close(), database.end()])
    await Promise.all([lies.close(), git.stop(), postgres?.stop(), cluster.stop(), redis?.stop()])
    await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }

  /** Does every process of it run? */
  get isAlive(): boolean {
    return this.parts.product.isAlive
  }

  /** The process that plays this role. */
  pidOf(role: RoleName): number {
    const { product } = this.parts
    return product instanceof SplitProduct ? product.role[role].pid : product.pid
  }

  /** The folder in which the process of this role keeps its state. */
  stateOf(role: RoleName): string {
    return join(this.parts.product.folder, this.split === undefined ? 'state' : role)
  }

  /** The three processes; undefined when there is one. */
  get split(): SplitProduct | undefined {
    const { product } = this.parts
    return product instanceof SplitProduct ? product : undefined
  }

  /** The second process that stays from trial to trial; started when there is none. */
  async lastingRival(): Promise<Rival> {
    if (this.#rival?.isAlive !== true) this.#rival = await Rival.start(this)
    return this.#rival
  }

  async dismissRival(): Promise<void> {
    await this.#rival?.stop()
    this.#rival = undefined
  }

  /** Withdraws every fault and brings back what is down. */
  async calm(): Promise<void> {
    const { lies, clusterLink, gitFront, databaseLink, killer, product, cluster, redis } = this.parts
    killer.disarm()
    lies.beTruthful()
    gitFront.set(undefined)
    clusterLink.clear()
    databaseLink.clear()
    redis?.link.clear()
    redis?.server.thaw()
    await killer.setClock()
    if (cluster.pids.apiserver === undefined) await cluster.startApiserver()
    this.split?.ownerLink.clear()
    this.#wake()
    if (!this.isAlive) await product.restart()
  }

  /** Whoever stands still goes on. */
  #wake(): void {
    const pids = [
      ...ROLES.map((role) => this.pidOf(role)),
      this.#rival?.isAlive === true ? this.#rival.pid : -1,
    ]
    for (const pid of new Set(pids)) if (pid > 0 && isRunning(pid)) process.kill(pid, 'SIGCONT')
    this.#rival?.killer.disarm()
  }

  /** Waits until a process of the product is dead; false when all live on. */
  async died(patienceMs = 20_000): Promise<boolean> {
    const end = performance.now() + patienceMs
    while (this.isAlive && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 2))
    return !this.isAlive
  }

  async rows(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return (await this.parts.database.query(sql, [...values])).rows as readonly Readonly<
      Record<string, unknown>
    >[]
  }

  private async connect(server: string): Promise<void> {
    const { cluster, product } = this.parts
    const kubeconfig = cluster.kubeconfig('sut').replace(cluster.server, server)
    await product.api.change('addCluster', { name: 'prod', kubeconfig })
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function ownPostgres(dir: string): Promise<EmbeddedPostgres> | undefined {
  if (process.env['LOCKSTEP__DATABASE__URL'] !== undefined) return undefined
  return startEmbeddedPostgres({ dir, logger: silentLogger })
}

/** A database of its own, so that a series finds no other's rows. */
async function openDatabase(postgres: EmbeddedPostgres | undefined) {
  const server = postgres?.connectionString ?? String(process.env['LOCKSTEP__DATABASE__URL'])
  const name = `faults_${randomBytes(4).toString('hex')}`
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  const url = new URL(server)
  url.pathname = `/${name}`
  const link = await TcpProxy.start({ host: url.hostname, port: Number(url.port || 5432) })
  const productUrl = new URL(url)
  productUrl.host = `127.0.0.1:${link.port}`
  const pool = new pg.Pool({
    connectionString: url.href,
    max: 4,
    options: '-c default_transaction_read_only=off',
  })
  pool.on('error', () => undefined)
  return { url: url.href, productUrl: productUrl.href, link, pool }
}

function environment(options: {
  readonly databaseUrl: string
  readonly webhookSecret: string
  readonly orders: string
  readonly redis: FaultyRedis | undefined
}): Readonly<Record<string, string>> {
  const { redis } = options
  return {
    NODE_OPTIONS: `--import=${HOOK}`,
    NODE_COMPILE_CACHE: `${options.orders}-compiled`,
    LOCKSTEP_FAULT_ORDERS: options.orders,
    LOCKSTEP__DATABASE__URL: options.databaseUrl,
    LOCKSTEP__WEBHOOK__GITHUB__SECRET: options.webhookSecret,
    LOCKSTEP__LOG__LEVEL: 'warn',
    // As a trial waits for it after each kill.
    LOCKSTEP__LEASE__SECONDS: '3',
    LOCKSTEP__GIT__POLLSECONDS: '5',
    LOCKSTEP__GIT__JITTERSECONDS: '1',
    LOCKSTEP__GIT__TIMEOUTSECONDS: '5',
    ...(redis !== undefined && { LOCKSTEP__QUEUE__KIND: 'redis', LOCKSTEP__REDIS__URL: redis.url }),
  }
}

function addressOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}
