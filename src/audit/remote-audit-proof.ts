import { callPeer, type FoundPeer, type PeerCaller } from '../peers/peer-caller.js'
import { AuditProof, type ProofReport, type ProofWish } from './audit-proof.js'

/** What workers answer. */
export const PROVE_AUDIT = 'prove-audit'

export interface RemoteAuditProofDeps {
  readonly caller: PeerCaller
  /** Any worker: each holds the installation key. */
  readonly find: () => Promise<FoundPeer>
}

/** Lets a worker look: a gateway must not hold the key that makes links. */
export class RemoteAuditProof extends AuditProof {
  readonly #deps: RemoteAuditProofDeps

  constructor(deps: RemoteAuditProofDeps) {
    super()
    this.#deps = deps
  }

  override async prove({ after, anchor }: ProofWish): Promise<ProofReport> {
    const body = { ...(after !== undefined && { after }), ...(anchor && { anchor: { ...anchor } }) }
    const [answer] = await callPeer(this.#deps.caller, this.#deps.find, { method: PROVE_AUDIT, body })
    return answer as unknown as ProofReport
  }
}
