/** What is measured: the floor or the product. Each method is one step of a workload; the observer judges the effect. */
export interface Contestant {
  /** The user of the test cluster it acts as; its requests are counted by it. */
  readonly user: 'floor' | 'sut'
  /** The process whose tree is measured. */
  readonly pid: number
  /** Declare all applications, automated; returns when that was accepted (ours) or applied (floor). */
  declareAll(): Promise<void>
  /** Make ready for commits. */
  armCommits(): Promise<void>
  /** A commit was pushed: what a webhook says. Returns when it was accepted. */
  announce(push: Push): Promise<void>
  /** Make ready to correct drift. */
  armHealing(): Promise<void>
  /** How many applications it reports as synced; the floor reports none. */
  syncedCount(): Promise<number | undefined>
  stop(): Promise<void>
}

export interface Push {
  readonly before: string
  readonly after: string
  readonly changed: readonly string[]
}
