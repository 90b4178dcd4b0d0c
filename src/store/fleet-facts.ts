export interface ApplicationFact {
  readonly namespace: string
  readonly name: string
  readonly project: string
  readonly repository: string
  readonly cluster: string
  readonly destinationNamespace: string
  /** As it may be shown: what is not fresh is Unknown. */
  readonly sync: string
  readonly health: string
  readonly autoSync: boolean
  /** An operation has not ended. */
  readonly busy: boolean
}

export interface ClusterFact {
  readonly name: string
  readonly server: string
  readonly version: string
  readonly connected: boolean
  readonly writesPaused: boolean
  /** Absent = never seen. */
  readonly heartbeatAgeSeconds?: number
  /** Absent = never owned. */
  readonly epoch?: number
}

export interface BacklogFact {
  readonly outboxPending: number
  readonly outboxLagSeconds: number
  /** Phase → operations that have not ended. */
  readonly operations: Readonly<Record<string, number>>
  readonly leases: readonly { readonly kind: string; readonly held: boolean; readonly count: number }[]
}

/** What monitoring asks about the whole fleet: one statement each, nothing kept between. */
export abstract class FleetFacts {
  /** At most `limit`, by id. */
  abstract applications(limit: number): Promise<readonly ApplicationFact[]>
  abstract clusters(limit: number): Promise<readonly ClusterFact[]>
  abstract backlog(): Promise<BacklogFact>
}
