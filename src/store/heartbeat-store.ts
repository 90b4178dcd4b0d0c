import type { Fences } from './records.js'

/** What the owner of a cluster saw of it. */
export interface Heartbeat {
  readonly clusterId: string
  /** Milliseconds since the API server answered: an age, so that clocks of different machines do not matter. */
  readonly ageMs: number
  /** Kinds (`group/Kind`) whose watch is dead, with the reason. */
  readonly blindKinds: Readonly<Record<string, string>>
}

export interface HeartbeatRecord {
  readonly clusterId: string
  /** ISO time by the clock of the store; absent = never observed. */
  readonly observedAt?: string
  /** How long ago that was, by the same clock. */
  readonly ageMs?: number
  /** Statuses saved up to this sequence were not compared since the owner began to observe. */
  readonly sinceSequence: number
  readonly blindKinds: Readonly<Record<string, string>>
}

/**
 * One row per cluster, from which the freshness of all its statuses is derived. Writes with an outdated fence change
 * nothing and throw CONFLICT.
 */
export abstract class HeartbeatStore {
  /** An owner begins to observe: what was saved before no longer counts as compared. A removed cluster is ignored. */
  abstract begin(clusterId: string, fence?: Fences): Promise<void>
  /** Only after `begin`; never moves backwards. A removed cluster is ignored. */
  abstract beat(heartbeat: Heartbeat, fence?: Fences): Promise<void>
  abstract list(): Promise<readonly HeartbeatRecord[]>
}
