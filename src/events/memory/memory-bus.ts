import type { Logger } from '../../base/logger.js'
import { reasonOf } from '../../base/app-error.js'
import { EventBus, type BusEvent } from '../event-bus.js'

type Listener = (event: BusEvent) => void

/** Events within one process. A listener that throws does not keep the others from hearing. */
export class MemoryBus extends EventBus {
  readonly #logger: Logger
  readonly #listeners = new Map<BusEvent['topic'], Set<Listener>>()

  constructor(logger: Logger) {
    super()
    this.#logger = logger
  }

  override async publish(event: BusEvent): Promise<void> {
    for (const listener of [...(this.#listeners.get(event.topic) ?? [])]) this.#tell(listener, event)
  }

  override subscribe(topic: BusEvent['topic'], listener: Listener): () => void {
    const own: Listener = (event) => listener(event)
    const listeners = this.#listeners.get(topic) ?? new Set<Listener>()
    listeners.add(own)
    this.#listeners.set(topic, listeners)
    return () => listeners.delete(own)
  }

  override async close(): Promise<void> {
    for (const listeners of this.#listeners.values()) listeners.clear()
  }

  #tell(listener: Listener, event: BusEvent): void {
    try {
      listener(event)
    } catch (error) {
      this.#logger.error('A listener of the event bus failed', {
        topic: event.topic,
        reason: reasonOf(error),
      })
    }
  }
}
