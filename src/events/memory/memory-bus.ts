import type { Logger } from '../../base/logger.js'
import { EventBus, type BusEvent, type EventOf, type Topic } from '../event-bus.js'
import { Listeners } from '../listeners.js'

/** Events within one process: none is ever missed. */
export class MemoryBus extends EventBus {
  readonly #listeners: Listeners

  constructor(logger: Logger) {
    super()
    this.#listeners = new Listeners(logger)
  }

  override async publish(event: BusEvent): Promise<void> {
    this.#listeners.tell(event)
  }

  override subscribe<T extends Topic>(topic: T, listener: (event: EventOf<T>) => void): () => void {
    return this.#listeners.add(topic, listener)
  }

  override onMissed(listener: () => void): () => void {
    return this.#listeners.addMissed(listener)
  }

  override async close(): Promise<void> {
    this.#listeners.clear()
  }
}
