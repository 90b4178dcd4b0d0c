/** Says that rows changed, never what is in them: listeners read again. */
export type BusEvent = {
  readonly topic: 'application'
  readonly applicationIds: readonly string[]
  readonly sequence: number
}

export abstract class EventBus {
  abstract publish(event: BusEvent): Promise<void>
  /** Returns the function that ends the subscription. */
  abstract subscribe(topic: BusEvent['topic'], listener: (event: BusEvent) => void): () => void
  abstract close(): Promise<void>
}
