/** What has one owner: a cluster its cluster worker, a repository its source worker. */
export type LeaseKind = 'cluster' | 'repository'

export interface LeaseKey {
  readonly kind: LeaseKind
  readonly id: string
}

/** One start of one worker. A newer start of the same worker is another holder. */
export interface LeaseHolder {
  /** Of the worker, as in `workers`. */
  readonly id: string
  /** Of this start: never used again. */
  readonly run: string
  /** Where live reads of what it owns are answered; empty in one process with the gateway. */
  readonly address: string
}

export interface Lease extends LeaseKey {
  /** Absent when it was given back. */
  readonly owner?: string
  readonly address: string
  /** Grows by one at each change of owner; starts at 1. */
  readonly epoch: number
  readonly expiresAt: string
  /** False when given back or expired, by the time of the database. */
  readonly held: boolean
  /** How long it has been free, by the time of the database; 0 while it is held. */
  readonly freeForMs: number
  /** How long it is still held unless it is renewed; 0 while it is free. */
  readonly heldForMs: number
  /** The worker that asks to be handed this key. */
  readonly wantedBy?: string
}

export interface AcquiredLease extends Lease {
  /**
   * How long ago the lease of an owner that never gave it back expired; absent when nobody can still be writing (new,
   * given back, or of an earlier run that is dead). The new owner's first write waits for a margin after that expiry.
   * 0 when it was this very holder's already: who asks for what it has may have missed the answer that told since when.
   */
  readonly formerExpiredForMs?: number
}

export interface AcquireOptions {
  /** Also takes an unexpired lease of an earlier run of the same worker. Only when that run is known to be dead. */
  readonly fromFormerRun?: boolean
  readonly ttlMs: number
}

export interface WorkerBeat {
  readonly id: string
  /** Of the process, e.g. `cluster-worker`. */
  readonly role: string
  readonly address: string
  /** It takes nothing more and hands over what it has. */
  readonly draining: boolean
}

export interface WorkerRecord extends WorkerBeat {
  readonly seenAt: string
}

/**
 * Ownership by leases. Only the time of the database decides what has expired, so the clocks of workers may differ; the epoch fences the
 * writes of an owner that does not know yet that it is none any more (`Fence` in records.ts).
 */
export abstract class LeaseStore {
  /** The lease, when the key is free or the holder's own already; undefined when somebody else holds it. */
  abstract acquire(
    key: LeaseKey,
    holder: LeaseHolder,
    options: AcquireOptions,
  ): Promise<AcquiredLease | undefined>
  /** Extends what this holder still owns, also after its expiry when nobody took it; whatever is not answered is lost. */
  abstract renew(holder: LeaseHolder, keys: readonly LeaseKey[], ttlMs: number): Promise<readonly Lease[]>
  /** Gives back: the holder has stopped writing. What it does not own is left alone. */
  abstract release(holder: LeaseHolder, keys: readonly LeaseKey[]): Promise<void>
  /** Asks the owner to hand these over; a wish of another worker that is still seen stands. */
  abstract want(workerId: string, keys: readonly LeaseKey[], seenWithinMs: number): Promise<void>
  abstract get(key: LeaseKey): Promise<Lease | undefined>
  abstract list(kind: LeaseKind): Promise<readonly Lease[]>
  /** This worker lives. Rows that were not seen for an hour go. */
  abstract heartbeatWorker(beat: WorkerBeat): Promise<void>
  abstract removeWorker(id: string): Promise<void>
  /** Those seen within this time, by id. */
  abstract workers(seenWithinMs: number): Promise<readonly WorkerRecord[]>
}
