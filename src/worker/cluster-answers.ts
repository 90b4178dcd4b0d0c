import type { LiveReads } from '../applications/live-reads.js'
import { DIFF_CALL, LIVE_CALL } from '../applications/remote-live-reads.js'
import type { AuditProof, ProofWish } from '../audit/audit-proof.js'
import { PROVE_AUDIT } from '../audit/remote-audit-proof.js'
import type { ClusterProbe } from '../clusters/cluster-probe.js'
import { PROBE_CLUSTER } from '../clusters/remote-cluster-probe.js'
import type { ResourceKey } from '../engine/manifest/resource-key.js'
import type { ClusterConnection } from '../kube/cluster-connector.js'
import { PeerGone, type PeerAnswers, type PeerValue } from '../peers/peer-caller.js'
import { NotTheOwner } from '../reconcile/not-the-owner.js'
import { openCall, type SealedCall } from '../vault/sealed-call.js'
import type { Vault } from '../vault/vault.js'

export interface ClusterAnswersDeps {
  readonly liveReads: LiveReads
  readonly probe: ClusterProbe
  readonly proof: AuditProof
  readonly vault: Pick<Vault, 'open'>
}

/** What a cluster worker answers to other processes. */
export function clusterAnswers({ liveReads, probe, proof, vault }: ClusterAnswersDeps): PeerAnswers {
  return {
    async *[DIFF_CALL](body) {
      const { applicationId } = body as { readonly applicationId: string }
      for (const diff of await asOwner(liveReads.diff(applicationId))) yield diff as unknown as PeerValue
    },
    async *[LIVE_CALL](body) {
      const { applicationId, key } = body as unknown as {
        readonly applicationId: string
        readonly key: ResourceKey
      }
      const live = await asOwner(liveReads.live(applicationId, key))
      if (live !== undefined) yield live as unknown as PeerValue
    },
    async *[PROVE_AUDIT](body) {
      yield (await proof.prove(body as unknown as ProofWish)) as unknown as PeerValue
    },
    async *[PROBE_CLUSTER.method](body) {
      const { id, ...sealed } = body as unknown as SealedCall & { readonly id: string }
      const connection = openCall(vault, PROBE_CLUSTER, sealed) as ClusterConnection
      yield { ...(await probe.identity(id, connection)) }
    },
  }
}

/** Whoever asks looks again who owns the cluster. */
async function asOwner<T>(read: Promise<T>): Promise<T> {
  try {
    return await read
  } catch (error) {
    throw error instanceof NotTheOwner ? new PeerGone(error.message) : error
  }
}
