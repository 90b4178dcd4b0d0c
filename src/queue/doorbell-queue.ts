/** What a doorbell names: the key, nothing else. Truth is in the store. */
export type Doorbell =
  | { readonly kind: 'repository'; readonly id: string }
  | { readonly kind: 'application'; readonly id: string }
  | { readonly kind: 'cluster'; readonly id: string }

/** Delivers doorbells at least once; merges equal ones that wait. Losing all of them costs seconds (outbox, sweeper). */
export abstract class DoorbellQueue {
  abstract ring(doorbell: Doorbell): Promise<void>
  /** One listener per kind; it acknowledges by returning. */
  abstract listen(kind: Doorbell['kind'], listener: (id: string) => void): void
  abstract close(): Promise<void>
}
