import type { Cluster } from '../cluster.js'
import { ClusterConnector, type ClusterConnection } from '../cluster-connector.js'
import { connectorOf, endpointOf, headersOf } from './connection-options.js'
import type { PrivateAddresses } from './permitted-address.js'
import { REFLECTOR_TIMING, type ReflectorTiming } from './reflector-options.js'
import { UndiciCluster } from './undici-cluster.js'

export interface UndiciClusterConnectorOptions {
  /** Whether clusters may have private or loopback addresses; link-local and metadata addresses never are allowed. */
  readonly privateAddresses: PrivateAddresses
  /** Why nothing may be written to this cluster now, as a sentence; asked right before every write. Default: it may. */
  readonly refuseWrite?: (clusterId: string) => string | undefined
  /** Names this process in the audit log of a cluster; default `lockstep`. */
  readonly userAgent?: string
  /** Told of each request but watches: method, and the status of the answer (0 without one). */
  readonly onAnswer?: (call: {
    readonly cluster: string
    readonly method: string
    readonly status: number
  }) => void
  /** For tests; the default is for real clusters. */
  readonly timing?: Partial<ReflectorTiming>
}

export class UndiciClusterConnector extends ClusterConnector {
  private readonly options: UndiciClusterConnectorOptions

  constructor(options: UndiciClusterConnectorOptions) {
    super()
    this.options = options
  }

  connect(id: string, connection: ClusterConnection, name = id): Cluster {
    const timing = { ...REFLECTOR_TIMING, ...this.options.timing }
    return new UndiciCluster({
      id,
      name,
      timing,
      namespaces: connection.namespaces,
      stream: {
        endpoint: endpointOf(connection),
        connect: connectorOf(connection, this.options.privateAddresses),
        headers: headersOf(connection, this.options.userAgent ?? 'lockstep'),
        idleMs: timing.idleMs,
        refuseWrite: () => this.options.refuseWrite?.(id),
        onAnswer: (method, status) => this.options.onAnswer?.({ cluster: name, method, status }),
      },
    })
  }
}
