/** What attempts are counted by; hashes, so that neither names nor addresses are stored. */
export interface AttemptKeys {
  readonly source: string
  readonly account: string
  /** The account from this very source. */
  readonly pair: string
}

/** Attempts in the window that runs, this one included. Without success each of them counts as a failure. */
export interface AttemptCounts {
  readonly source: number
  readonly account: number
  readonly pair: number
  /** Until the windows of source and pair end. */
  readonly sourceSeconds: number
  readonly pairSeconds: number
}

/** Counts attempts to sign in for all gateways together. */
export abstract class LoginAttempts {
  /**
   * Counts one attempt before its password is looked at, in one atomic step: of many at the same moment each gets another
   * number. A source with more than `sourceLimit` attempts is counted on its own only, so that it cannot fill the store with
   * names that it makes up.
   */
  abstract count(keys: AttemptKeys, windowSeconds: number, sourceLimit: number): Promise<AttemptCounts>
  /** The attempt was right: it no longer counts, and neither do the earlier ones of this account from this source. */
  abstract succeed(keys: AttemptKeys): Promise<void>
}
