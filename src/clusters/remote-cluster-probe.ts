import type { NewId } from '../base/clock.js'
import type { ClusterIdentity } from '../kube/cluster.js'
import type { ClusterConnection } from '../kube/cluster-connector.js'
import { callPeer, type FoundPeer, type PeerCaller } from '../peers/peer-caller.js'
import { sealCall } from '../vault/sealed-call.js'
import type { Vault } from '../vault/vault.js'
import { ClusterProbe } from './cluster-probe.js'

/** What cluster workers answer. */
export const PROBE_CLUSTER = { purpose: 'clusters', method: 'probe-cluster' } as const

export interface RemoteClusterProbeDeps {
  readonly caller: PeerCaller
  /** Any cluster worker. */
  readonly find: () => Promise<FoundPeer>
  readonly vault: Pick<Vault, 'seal'>
  readonly newId: NewId
}

/** Lets a cluster worker look; the connection travels in a box that only cluster workers open. */
export class RemoteClusterProbe extends ClusterProbe {
  readonly #deps: RemoteClusterProbeDeps

  constructor(deps: RemoteClusterProbeDeps) {
    super()
    this.#deps = deps
  }

  override async identity(id: string, connection: ClusterConnection): Promise<ClusterIdentity> {
    const { caller, find, vault, newId } = this.#deps
    const body = { id, ...sealCall(vault, { ...PROBE_CLUSTER, call: newId() }, connection) }
    const [answer] = await callPeer(caller, find, { method: PROBE_CLUSTER.method, body })
    return answer as unknown as ClusterIdentity
  }
}
