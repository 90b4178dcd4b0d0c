import { DoorbellQueue, type Doorbell, type DoorbellListener } from '../doorbell-queue.js'

/** A doorbell that was given back is offered again after this time. */
const OFFER_AGAIN_MS = 200

/** Doorbells within one process. Equal ones that wait are merged; they wait until somebody listens. */
export class MemoryQueue extends DoorbellQueue {
  /** Ids by address: a kind, or a cluster. */
  readonly #waiting = new Map<string, Set<string>>()
  readonly #listeners = new Map<string, DoorbellListener>()
  #again: NodeJS.Timeout | undefined
  #scheduled = false
  #closed = false

  override async ring(doorbell: Doorbell): Promise<void> {
    if (this.#closed) return
    this.#keep(addressOf(doorbell), doorbell.id)
    this.#schedule()
  }

  override listen(kind: Doorbell['kind'], listener: DoorbellListener): void {
    this.#listeners.set(kind, listener)
    this.#schedule()
  }

  override listenCluster(clusterId: string, listener: DoorbellListener): () => Promise<void> {
    const address = `cluster/${clusterId}`
    this.#listeners.set(address, listener)
    this.#schedule()
    return async () => {
      if (this.#listeners.get(address) === listener) this.#listeners.delete(address)
    }
  }

  override async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#again)
    this.#waiting.clear()
    this.#listeners.clear()
  }

  #keep(address: string, id: string): void {
    const ids = this.#waiting.get(address) ?? new Set<string>()
    ids.add(id)
    this.#waiting.set(address, ids)
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => this.#deliver())
  }

  #deliver(): void {
    this.#scheduled = false
    for (const [address, listener] of this.#listeners) {
      const ids = this.#waiting.get(address)
      this.#waiting.delete(address)
      for (const id of ids ?? []) if (listener(id) === false) this.#offerAgain(address, id)
    }
  }

  #offerAgain(address: string, id: string): void {
    this.#keep(address, id)
    this.#again ??= setTimeout(() => {
      this.#again = undefined
      this.#schedule()
    }, OFFER_AGAIN_MS).unref()
  }
}

function addressOf(doorbell: Doorbell): string {
  const isAddressed = doorbell.kind === 'application' && doorbell.cluster !== undefined
  return isAddressed ? `cluster/${doorbell.cluster}` : doorbell.kind
}
