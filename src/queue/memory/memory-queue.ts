import { DoorbellQueue, type Doorbell } from '../doorbell-queue.js'

type Listener = (id: string) => void

/** Doorbells within one process. Equal ones that wait are merged; they wait until their kind has a listener. */
export class MemoryQueue extends DoorbellQueue {
  readonly #waiting = new Map<Doorbell['kind'], Set<string>>()
  readonly #listeners = new Map<Doorbell['kind'], Listener>()
  #scheduled = false
  #closed = false

  override async ring({ kind, id }: Doorbell): Promise<void> {
    if (this.#closed) return
    const ids = this.#waiting.get(kind) ?? new Set<string>()
    ids.add(id)
    this.#waiting.set(kind, ids)
    this.#schedule()
  }

  override listen(kind: Doorbell['kind'], listener: Listener): void {
    this.#listeners.set(kind, listener)
    this.#schedule()
  }

  override async close(): Promise<void> {
    this.#closed = true
    this.#waiting.clear()
    this.#listeners.clear()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => this.#deliver())
  }

  #deliver(): void {
    this.#scheduled = false
    for (const [kind, listener] of this.#listeners) {
      const ids = this.#waiting.get(kind)
      this.#waiting.delete(kind)
      for (const id of ids ?? []) listener(id)
    }
  }
}
