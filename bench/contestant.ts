/** What is measured: the floor or the product. Each method is one step of a workload; the observer judges the effect. */
export interface Contestant {
  /** The user of the test cluster it acts as; its requests are counted by it. */
  readonly user: 'floor' | 'sut'
  /** The processes whose trees are measured. */
  readonly pids: readonly number[]
  /** Declare all applications, automated; returns when that was accepted (ours) or applied (floor). */
  declareAll(): Promise<void>
  /** Make ready for commits. */
  armCommits(): Promise<void>
  /** A commit was pushed: what a webhook says. Returns when it was accepted. */
  announce(push: Push): Promise<void>
  /** A commit that changes no application was pushed: returns how long until all know of it. */
  learn(push: Push): Promise<Learned>
  /** Make ready to correct drift. */
  armHealing(): Promise<void>
  /** How many applications it reports as synced; the floor reports none. */
  syncedCount(): Promise<number | undefined>
  /** Ends (asked, or killed), lets `whileDown` happen, starts again; answers when that start began. */
  restart(how: 'asked' | 'killed', whileDown: () => Promise<void>): Promise<number>
  /** Rows written so far by what they are about; nothing where nothing is stored. */
  rowsWritten(): Promise<Readonly<Record<string, number>>>
  stop(): Promise<void>
}

export interface Push {
  readonly before: string
  readonly after: string
  readonly changed: readonly string[]
}

export interface Learned {
  readonly ms: number
  /** After that time, including the reader's own work: every single application was read and had it. */
  readonly confirmedMs: number
}
