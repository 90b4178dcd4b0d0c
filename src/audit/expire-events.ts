import { isSigned, signedEnd, type KeyedHash } from '../engine/audit/chain.js'
import type { AuditChain } from '../store/audit-chain.js'

export interface ExpireEventsDeps {
  readonly chain: AuditChain
  readonly hash: KeyedHash
  /** Days that events are kept. */
  readonly days: number
  /** Events per statement, default 1,000. */
  readonly batch?: number
}

const BATCH = 1_000

/** Lets go of the oldest events with their links and signs where the chain begins now, so that it still can be verified. */
export class ExpireEvents {
  readonly #deps: ExpireEventsDeps

  constructor(deps: ExpireEventsDeps) {
    this.#deps = deps
  }

  /** Answers how many went. Never touches a beginning that somebody else signed. */
  async run(): Promise<number> {
    const { chain, hash, days, batch = BATCH } = this.#deps
    let gone = 0
    for (;;) {
      const { base } = await chain.ends()
      if (base !== undefined && !isSigned('base', base, hash)) return gone
      const last = await chain.lastOlderThan(days, batch)
      if (last === undefined) return gone
      const { position, hash: of, eventId } = last
      const next = signedEnd('base', { position, hash: of, settled: eventId }, hash)
      const count = await chain.shorten(next, base?.position ?? 0)
      gone += count
      if (count < batch) return gone
    }
  }
}
