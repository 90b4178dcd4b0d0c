/**
 * What a doorbell names: the key, nothing else. Truth is in the store.
 *
 * An application doorbell with `cluster` (the id of a cluster) is for the owner of that cluster; without it, for whoever
 * listens to applications: that is who renders them.
 */
export type Doorbell =
  | { readonly kind: 'repository'; readonly id: string }
  | { readonly kind: 'application'; readonly id: string; readonly cluster?: string }
  | { readonly kind: 'cluster'; readonly id: string }

/** The cluster of applications whose destination is not connected: every cluster worker listens to it. */
export const NOWHERE = 'nowhere'

/** Takes the doorbell by returning. `false` gives it back: not mine; it is offered again, to any process that listens. */
export type DoorbellListener = (id: string) => boolean | void

/**
 * Delivers doorbells at least once, over any number of processes, and merges equal ones that wait. One that rings after
 * a listener was called is a new one, so whatever was committed before it rang is seen. A doorbell waits for a listener
 * for some time; losing all of them costs seconds (outbox, sweeper), and who gains a cluster looks at all of it anyway.
 */
export abstract class DoorbellQueue {
  /** Resolves once the doorbell is safe with the queue; rejects within seconds when the queue cannot be reached. */
  abstract ring(doorbell: Doorbell): Promise<void>
  /** One listener per kind and process, for doorbells that name no cluster. */
  abstract listen(kind: Doorbell['kind'], listener: DoorbellListener): void
  /**
   * Hears the application doorbells of one cluster until the returned function has resolved. Called by the owner of the
   * cluster; of several listeners to one cluster each doorbell reaches one.
   */
  abstract listenCluster(clusterId: string, listener: DoorbellListener): () => Promise<void>
  /** Resolves once no listener is called any more. What waits stays for other processes, where there are any. */
  abstract close(): Promise<void>
}
