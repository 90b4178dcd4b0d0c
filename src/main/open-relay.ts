import type { Logger } from '../base/logger.js'
import type { DoorbellQueue } from '../queue/doorbell-queue.js'
import type { Stores } from '../store/stores.js'
import { OutboxRelay } from '../worker/outbox-relay.js'
import { Sweeper } from '../worker/sweeper.js'

export interface OpenRelay {
  start(): void
  close(): Promise<void>
}

/** Rings what this process commits, and what others left unrung. */
export function openRelay(stores: Stores, queue: DoorbellQueue, logger: Logger): OpenRelay {
  const relay = new OutboxRelay({ outbox: stores.outbox, queue, logger })
  const sweeper = new Sweeper({ pendingWork: stores.pendingWork, queue, logger })
  return {
    start: () => {
      relay.start()
      sweeper.start()
    },
    close: async () => {
      await Promise.all([relay.close(), sweeper.close()])
    },
  }
}
