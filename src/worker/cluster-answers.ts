import type { LiveReads } from '../applications/live-reads.js'
import { readAnswers } from './read-answers.js'
import type { AuditProof, ProofWish } from '../audit/audit-proof.js'
import { PROVE_AUDIT } from '../audit/remote-audit-proof.js'
import type { CredentialRenewal } from '../clusters/credential-renewal.js'
import type { ClusterProbe } from '../clusters/cluster-probe.js'
import { PROBE_CLUSTER } from '../clusters/remote-cluster-probe.js'
import { RENEW_CREDENTIAL, RETIRE_CREDENTIAL } from '../clusters/remote-credential-renewal.js'
import type { ClusterConnection } from '../kube/cluster-connector.js'
import type { PeerAnswers, PeerValue } from '../peers/peer-caller.js'
import { openCall, type SealedCall } from '../vault/sealed-call.js'
import type { Vault } from '../vault/vault.js'

export interface ClusterAnswersDeps {
  readonly liveReads: LiveReads
  readonly probe: ClusterProbe
  readonly renewal: CredentialRenewal
  readonly proof: AuditProof
  readonly vault: Pick<Vault, 'open'>
}

/** What a cluster worker answers to other processes. */
export function clusterAnswers({ liveReads, probe, renewal, proof, vault }: ClusterAnswersDeps): PeerAnswers {
  return {
    ...readAnswers(liveReads),
    async *[PROVE_AUDIT](body) {
      yield (await proof.prove(body as unknown as ProofWish)) as unknown as PeerValue
    },
    async *[RENEW_CREDENTIAL](body) {
      const { sealed, ...told } = await renewal.renew(textIn(body, 'clusterId'))
      yield { ...told, sealed: Buffer.from(sealed).toString('base64') }
    },
    async *[RETIRE_CREDENTIAL](body) {
      await renewal.retire(textIn(body, 'clusterId'), textIn(body, 'secret'))
      yield true
    },
    async *[PROBE_CLUSTER.method](body) {
      const { id, ...sealed } = body as unknown as SealedCall & { readonly id: string }
      const connection = openCall(vault, PROBE_CLUSTER, sealed) as ClusterConnection
      yield { ...(await probe.identity(id, connection)) }
    },
  }
}

function textIn(body: PeerValue, name: string): string {
  const value: unknown = Object.entries(body ?? {}).find(([key]) => key === name)?.[1]
  return typeof value === 'string' ? value : ''
}
