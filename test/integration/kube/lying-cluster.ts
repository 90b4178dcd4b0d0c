import type { Manifest } from '../../../src/engine/manifest/manifest.js'
import type { Cluster } from '../../../src/kube/cluster.js'
import type { ReflectorTiming } from '../../../src/kube/undici/reflector-options.js'
import { UndiciClusterConnector } from '../../../src/kube/undici/undici-cluster-connector.js'
import type { TestCluster } from '../../cluster/launch-cluster.js'
import { freshNamespace, launchThrowAwayCluster } from '../../support/throw-away-cluster.js'
import { startLyingProxy, type LyingProxy } from '../../support/lying-proxy.js'

/** A real cluster, seen directly and through a proxy that can lie. */
export interface LyingCluster {
  readonly test: TestCluster
  readonly proxy: LyingProxy
  /** Straight to the API server. */
  readonly truth: Cluster
  /** Through the proxy; quick to reconnect unless told otherwise. */
  through(options?: { timing?: Partial<ReflectorTiming>; namespaces?: readonly string[] }): Cluster
  namespace(): Promise<string>
  stop(): Promise<void>
}

const QUICK = { shortestDelayMs: 5, longestDelayMs: 50 }

export const CONFIG_MAP = { group: '', kind: 'ConfigMap' }
/** The watch of all ConfigMaps, their list, and a later page of it. */
export const WATCH = /\/configmaps\?watch=1/
export const LIST = /\/configmaps\?limit=/
export const NEXT_PAGE = /\/configmaps\?.*continue=/

export async function startLyingCluster(): Promise<LyingCluster> {
  const { cluster: test, stop } = await launchThrowAwayCluster()
  const proxy = await startLyingProxy(test)
  const bearerToken = test.tokens.admin
  const opened: Cluster[] = []
  const open = (
    server: string,
    timing: Partial<ReflectorTiming>,
    namespaces?: readonly string[],
  ): Cluster => {
    const connector = new UndiciClusterConnector({ privateAddresses: 'allow', timing })
    const connection = { server, caPem: test.caPem, bearerToken, ...(namespaces && { namespaces }) }
    const cluster = connector.connect('lying', connection)
    opened.push(cluster)
    return cluster
  }
  return {
    test,
    proxy,
    truth: open(test.server, {}),
    through: ({ timing, namespaces } = {}) => open(proxy.server, { ...QUICK, ...timing }, namespaces),
    namespace: () => freshNamespace(test),
    stop: async () => {
      await Promise.all(opened.map((cluster) => cluster.close()))
      await proxy.close()
      await stop()
    },
  }
}

export function configMap(namespace: string, name: string, v: string): Manifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { v } }
}

/** `name → data.v` as the API server itself has it. */
export async function trueState(cluster: Cluster, namespace: string): Promise<Map<string, string>> {
  const objects = await cluster.list(CONFIG_MAP, namespace)
  return new Map(
    objects.map((object) => [
      object.metadata.name,
      (object['data'] as Record<string, string> | undefined)?.['v'] ?? '',
    ]),
  )
}

/** Writes `count` objects, a few at a time. */
export async function fill(cluster: Cluster, namespace: string, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `n-${index}`)
  const write = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop())
      await cluster.apply(configMap(namespace, name, '0'))
  }
  await Promise.all(Array.from({ length: 16 }, write))
}
