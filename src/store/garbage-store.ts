/** What is kept for how long; ages in days. */
export interface Retention {
  /** Finished operations with their steps; the newest of each application that exists stays. */
  readonly operations: number
  /** Entries of the history; the newest `deploymentsKept` of each application that exists stay. */
  readonly deployments: number
  readonly deploymentsKept: number
  /** Renders that no application and no kept deployment refers to. */
  readonly renders: number
  /** Doorbells that were never delivered. */
  readonly outbox: number
  readonly webhookDeliveries: number
  /** Sessions and tokens that ended or expired. */
  readonly credentials: number
  /** Field sets that no object refers to. */
  readonly fieldSets: number
}

export type GarbageKind = Exclude<keyof Retention, 'deploymentsKept'>

/** In this order: what refers goes before what is referred to. */
export const GARBAGE_KINDS: readonly GarbageKind[] = [
  'operations',
  'deployments',
  'renders',
  'outbox',
  'webhookDeliveries',
  'credentials',
  'fieldSets',
]

/** Deletes what nobody needs any more. */
export abstract class GarbageStore {
  /**
   * Deletes at most `limit` rows of one kind and answers how many went; `undefined` when another process collects right
   * now. Nothing that is referred to ever goes, whatever its age.
   */
  abstract collect(kind: GarbageKind, retention: Retention, limit: number): Promise<number | undefined>
}
