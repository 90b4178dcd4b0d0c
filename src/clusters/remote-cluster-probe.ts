import type { NewId } from '../base/clock.js'
import type { ClusterIdentity } from '../kube/cluster.js'
import type { ClusterConnection } from '../kube/cluster-connector.js'
import { callPeer, type FoundPeer, type PeerCaller } from '../peers/peer-caller.js'
import type { SealedAt, Vault } from '../vault/vault.js'
import { ClusterProbe } from './cluster-probe.js'

/** The name of the call; cluster workers answer it. */
export const PROBE_CLUSTER_CALL = 'probe-cluster'

/** What the connection is bound to on its way. */
export function probePlace(call: string): SealedAt {
  return { table: 'calls', row: call, column: PROBE_CLUSTER_CALL }
}

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
    const call = newId()
    const plain = new TextEncoder().encode(JSON.stringify(connection))
    const sealed = Buffer.from(vault.seal('clusters', probePlace(call), plain)).toString('base64')
    const body = { call, id, sealed }
    const [answer] = await callPeer(caller, find, { method: PROBE_CLUSTER_CALL, body })
    return answer as unknown as ClusterIdentity
  }
}
