import { ClusterClient } from './cluster-client.js'
import {
  type ClusterFolder,
  type ClusterUser,
  type Tokens,
  kubeconfigOf,
  serverOf,
} from './cluster-folder.js'
import type { Controllers } from './role-flags.js'

/** A way to a running throw-away cluster, for who may use it but neither end nor break it. */
export interface ClusterAccess {
  readonly server: string
  readonly caPem: string
  readonly tokens: Tokens
  readonly dir: string
  readonly binary: string
  readonly controllers: Controllers
  /** Inline CA and token; default user `sut`. */
  kubeconfig(user?: ClusterUser): string
  /** A bare client, one per user; default user `admin`. */
  client(user?: ClusterUser): ClusterClient
}

export interface ClusterMake {
  readonly binary: string
  readonly controllers: Controllers
}

/** Access by what a cluster keeps in its folder. */
export class KnownCluster implements ClusterAccess {
  readonly server: string
  readonly caPem: string
  readonly tokens: Tokens
  readonly dir: string
  readonly binary: string
  readonly controllers: Controllers
  protected readonly folder: ClusterFolder
  private readonly clients = new Map<ClusterUser, ClusterClient>()

  constructor(folder: ClusterFolder, make: ClusterMake) {
    this.folder = folder
    this.server = serverOf(folder)
    this.caPem = folder.caPem
    this.tokens = folder.tokens
    this.dir = folder.dir
    this.binary = make.binary
    this.controllers = make.controllers
  }

  kubeconfig(user: ClusterUser = 'sut'): string {
    return kubeconfigOf(this.folder, user)
  }

  client(user: ClusterUser = 'admin'): ClusterClient {
    const known = this.clients.get(user)
    if (known !== undefined) return known
    const client = new ClusterClient(this.server, this.caPem, this.tokens[user])
    this.clients.set(user, client)
    return client
  }

  async closeClients(): Promise<void> {
    await Promise.all([...this.clients.values()].map((client) => client.close()))
    this.clients.clear()
  }
}
