import type { Cluster } from './cluster.js'

/** How to reach a cluster; every secret is inline. Built from a kubeconfig by `parseKubeconfig`. */
export interface ClusterConnection {
  /** e.g. `https://10.0.0.1:6443`. */
  readonly server: string
  readonly caPem?: string
  readonly insecureSkipTlsVerify?: boolean
  readonly serverName?: string
  readonly bearerToken?: string
  readonly clientCertPem?: string
  readonly clientKeyPem?: string
  readonly username?: string
  readonly password?: string
  readonly impersonate?: { readonly user: string; readonly groups?: readonly string[] }
  /** Namespaced mode: only these namespaces are listed and watched. */
  readonly namespaces?: readonly string[]
}

export abstract class ClusterConnector {
  /** Makes a client; no request is sent before it is used. Its errors call the cluster by `name`, default its id. */
  abstract connect(id: string, connection: ClusterConnection, name?: string): Cluster
}
