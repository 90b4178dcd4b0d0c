/** Says that rows changed, never what is in them: listeners read again. */
export type BusEvent =
  | {
      readonly topic: 'application'
      readonly applicationIds: readonly string[]
      /** Of the flush that wrote them; absent when they are gone. */
      readonly sequence?: number
    }
  | { readonly topic: 'operation'; readonly operationIds: readonly string[] }

export type Topic = BusEvent['topic']
export type EventOf<T extends Topic> = Extract<BusEvent, { readonly topic: T }>

/** Tells all processes, the publishing one too, at most once each: what must not be missed is read from the store. */
export abstract class EventBus {
  /** Never rejects and never waits long: an event that cannot be told now is missed (`onMissed`). */
  abstract publish(event: BusEvent): Promise<void>
  /** Returns the function that ends the subscription. */
  abstract subscribe<T extends Topic>(topic: T, listener: (event: EventOf<T>) => void): () => void
  /** Called when events may have been missed (the connection broke and is back): read everything again. Returns the end. */
  abstract onMissed(listener: () => void): () => void
  abstract close(): Promise<void>
}
