import { setTimeout as sleep } from 'node:timers/promises'
import { type ClusterAccess, KnownCluster } from './cluster-access.js'
import { type ClusterFolder, openClusterFolder } from './cluster-folder.js'
import { createNodes, prepareUsers } from './prepare-cluster.js'
import {
  type Controllers,
  apiserverFlags,
  controllerManagerFlags,
  etcdFlags,
  schedulerFlags,
} from './role-flags.js'
import { type Role, type RoleName, logTail, startRole } from './start-role.js'

const POLL_MS = 50
const READY_WITHIN_MS = 90_000

export interface LaunchOptions {
  /** Keys, tokens, ports, logs and etcd's data live here; a second launch in it finds its state again. */
  readonly dir: string
  /** From `ensureClusterBinary()`. */
  readonly binary: string
  /** Default `lean`. */
  readonly controllers?: Controllers
  /** Default true for `full`, false for `lean`: without it, state may be lost when the machine (not etcd) dies. */
  readonly fsync?: boolean
  /** Fake nodes to create; default 0. */
  readonly nodes?: number
  /** Port of the API server; default a free one, remembered in `dir`. */
  readonly port?: number
}

/** A running Kubernetes control plane of this process; it ends with this process, however that ends. */
export interface TestCluster extends ClusterAccess {
  /** Pids of the roles that run now. */
  readonly pids: Readonly<Partial<Record<RoleName, number>>>
  /** Ends the roles and closes the clients. */
  stop(): Promise<void>
  /** SIGKILL, as a crash; etcd and the controllers go on. */
  killApiserver(): Promise<void>
  /** Resolves when it is ready again. */
  startApiserver(): Promise<void>
}

/**
 * Starts etcd, the API server and the controllers, and returns when the API is ready, namespace `default` exists
 * and the users have their rights: 3 to 6 seconds when the machine is otherwise idle.
 */
export async function launchCluster(options: LaunchOptions): Promise<TestCluster> {
  const folder = await openClusterFolder(options.dir, options.binary, options.port)
  const cluster = new LaunchedCluster(options, folder)
  try {
    await cluster.start()
    if (options.nodes !== undefined) await createNodes(cluster.client(), options.nodes)
  } catch (error) {
    await cluster.stop()
    throw error
  }
  return cluster
}

class LaunchedCluster extends KnownCluster implements TestCluster {
  private readonly fsync: boolean
  private readonly roles = new Map<RoleName, Role>()

  constructor(options: LaunchOptions, folder: ClusterFolder) {
    super(folder, { binary: options.binary, controllers: options.controllers ?? 'lean' })
    this.fsync = options.fsync ?? this.controllers === 'full'
  }

  get pids(): Readonly<Partial<Record<RoleName, number>>> {
    const running = [...this.roles.values()].filter((role) => role.isRunning())
    return Object.fromEntries(running.map((role) => [role.name, role.pid]))
  }

  async start(): Promise<void> {
    this.run('etcd', etcdFlags(this.folder, this.fsync))
    await this.startApiserver()
    this.run('controller-manager', controllerManagerFlags(this.folder, this.controllers))
    if (this.controllers === 'full') this.run('scheduler', schedulerFlags(this.folder))
    await prepareUsers(this.client())
    await this.until(
      this.serves('/api/v1/namespaces/default/serviceaccounts/default'),
      'its default namespace',
    )
  }

  async startApiserver(): Promise<void> {
    this.run('apiserver', apiserverFlags(this.folder))
    await this.until(this.serves('/readyz'), 'its API server')
  }

  async killApiserver(): Promise<void> {
    await this.roles.get('apiserver')?.end()
  }

  async stop(): Promise<void> {
    await this.closeClients()
    const etcd = this.roles.get('etcd')
    // SIGKILL: told politely, the API server takes more than ten seconds. Etcd comes last, so nothing is lost.
    await Promise.all([...this.roles.values()].filter((role) => role !== etcd).map((role) => role.end()))
    await etcd?.end(this.fsync ? 'SIGTERM' : 'SIGKILL')
  }

  private run(name: RoleName, flags: readonly string[]): void {
    this.roles.set(name, startRole(this.binary, this.dir, [name, ...flags]))
  }

  private serves(path: string): () => Promise<boolean> {
    return async () => {
      const answer = await this.client()
        .request({ path })
        .catch(() => undefined)
      return answer?.status === 200
    }
  }

  private async until(condition: () => Promise<boolean>, what: string): Promise<void> {
    const end = Date.now() + READY_WITHIN_MS
    while (!(await condition())) {
      const dead = [...this.roles.values()].find((role) => !role.isRunning())
      if (dead !== undefined) {
        throw new Error(
          `Cannot start the cluster in ${this.dir}: ${dead.name} ended. Its log ${dead.logFile} says:\n${await logTail(dead)}`,
        )
      }
      if (Date.now() > end) {
        throw new Error(
          `Cannot start the cluster in ${this.dir}: ${what} was not ready after ${READY_WITHIN_MS / 1000} s. Look into ${this.dir}/*.log; is the machine overloaded?`,
        )
      }
      await sleep(POLL_MS)
    }
  }
}
