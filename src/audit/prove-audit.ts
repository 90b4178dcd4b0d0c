import type { Principal } from '../engine/access/principal.js'
import { requireWholeTrail } from './audit-reach.js'
import type { AuditProof, ProofReport, ProofWish } from './audit-proof.js'

/** Asks whoever holds the installation key whether the trail is what was written. */
export class ProveAudit {
  readonly #proof: AuditProof

  constructor(proof: AuditProof) {
    this.#proof = proof
  }

  async run(principal: Principal, wish: ProofWish): Promise<ProofReport> {
    requireWholeTrail(principal, 'verify')
    return this.#proof.prove(wish)
  }
}
