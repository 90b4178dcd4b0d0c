import type { ChainPlace } from '../engine/audit/chain.js'
import type { ChainFinding } from '../engine/audit/judge-links.js'

export interface ProofWish {
  /** Position to go on behind: `next` of the report before. */
  readonly after?: number
  /** An end that was kept elsewhere. */
  readonly anchor?: ChainPlace
}

export interface ProofReport {
  readonly checked: number
  /** At most 100. */
  readonly findings: readonly ChainFinding[]
  /** There is more: where to go on. */
  readonly next?: number
  /** The newest link: keep it elsewhere, as an anchor. */
  readonly end?: ChainPlace
  /** Position up to which events were let go because they were old. */
  readonly base: number
}

/** Proves that the audit trail is what was written. Only who holds the installation key can. */
export abstract class AuditProof {
  abstract prove(wish: ProofWish): Promise<ProofReport>
}
