import { reasonOf } from '../base/app-error.js'
import type { Logger } from '../base/logger.js'
import { RareWarning } from '../base/rare-warning.js'
import type { BusEvent, EventOf, Topic } from './event-bus.js'
import { eventOf } from './event-text.js'

type Listener = (event: BusEvent) => void

/** Who listens in this process. One that throws does not keep the others from hearing. */
export class Listeners {
  readonly #logger: Logger
  readonly #byTopic = new Map<Topic, Set<Listener>>()
  readonly #missed = new Set<() => void>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  add<T extends Topic>(topic: T, listener: (event: EventOf<T>) => void): () => void {
    const own: Listener = (event) => listener(event as EventOf<T>)
    const listeners = this.#byTopic.get(topic) ?? new Set<Listener>()
    listeners.add(own)
    this.#byTopic.set(topic, listeners)
    return () => listeners.delete(own)
  }

  addMissed(listener: () => void): () => void {
    const own = (): void => listener()
    this.#missed.add(own)
    return () => this.#missed.delete(own)
  }

  tell(event: BusEvent): void {
    for (const listener of [...(this.#byTopic.get(event.topic) ?? [])]) {
      this.#try(event.topic, () => listener(event))
    }
  }

  /** What is no event of ours is ignored. */
  tellText(text: string): void {
    const event = eventOf(text)
    if (event !== undefined) this.tell(event)
  }

  tellMissed(): void {
    for (const listener of [...this.#missed]) this.#try('missed', listener)
  }

  clear(): void {
    for (const listeners of this.#byTopic.values()) listeners.clear()
    this.#missed.clear()
  }

  #try(topic: string, listener: () => void): void {
    try {
      listener()
    } catch (error) {
      this.#logger.error('A listener of the event bus failed', { topic, reason: reasonOf(error) })
    }
  }
}

/** For connections of a bus that break. */
export function notHeard(logger: Logger): RareWarning {
  const sentence = 'Events do not reach other processes now'
  return new RareWarning({ logger, sentence, monotonic: () => performance.now() })
}
