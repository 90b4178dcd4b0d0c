import type { ChainEnd, ChainLink, ChainedEvent, LinkedEvent } from '../engine/audit/chain.js'
import type { ChainEnds } from '../engine/audit/judge-ends.js'

export interface FoundEnds extends ChainEnds {
  /** Id of an event so old that every event with a lower id is committed by now, or never will be. */
  readonly quiet: string | undefined
}

export interface ChainGrowth {
  readonly links: readonly ChainLink[]
  readonly newest: ChainEnd
  /** Position of the end that the links were made for. */
  readonly from: number
}

/** The chain over audit events. Nobody but the sealer adds to it, nobody changes it, and it gets shorter at its old end only. */
export abstract class AuditChain {
  abstract ends(): Promise<FoundEnds>
  /** Committed events with a larger id that have no link, by id, at most `limit`. */
  abstract unsealed(afterId: string, limit: number): Promise<readonly ChainedEvent[]>
  /** Adds links and moves the newest end; false, and nothing is written, when another sealer moved it meanwhile. */
  abstract grow(growth: ChainGrowth): Promise<boolean>
  /** Links behind a position in order, each with its event, at most `limit`. */
  abstract links(afterPosition: number, limit: number): Promise<readonly LinkedEvent[]>
  /** Ids of settled events that have no link, lowest first: they were inserted by somebody else. */
  abstract strays(limit: number): Promise<readonly string[]>
  /** The last of the oldest `limit` links whose events all are older than so many days; undefined when none is. */
  abstract lastOlderThan(days: number, limit: number): Promise<LinkedEvent | undefined>
  /** Lets go of the links up to the new base, with their events; answers how many, 0 when another process did. */
  abstract shorten(base: ChainEnd, from: number): Promise<number>
}
