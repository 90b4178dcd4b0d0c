import type { Logger } from '../base/logger.js'
import type { DoorbellQueue } from '../queue/doorbell-queue.js'
import type { Settings } from '../settings/settings.js'
import type { Stores } from '../store/stores.js'
import { GarbageCollector } from '../worker/garbage-collector.js'
import { OutboxRelay } from '../worker/outbox-relay.js'
import { Sweeper } from '../worker/sweeper.js'

export interface OpenRelay {
  start(): void
  close(): Promise<void>
}

export interface RelayParts {
  readonly stores: Stores
  readonly queue: DoorbellQueue
  readonly logger: Logger
  readonly settings: Settings
  /** Look for what others left, and clear away. A process that does no such work itself leaves that to the workers. */
  readonly tidies: boolean
}

/** Rings what this process commits, and what others left unrung; takes its turn in clearing away what nobody needs. */
export function openRelay({ stores, queue, logger, settings, tidies }: RelayParts): OpenRelay {
  const relay = new OutboxRelay({ outbox: stores.outbox, queue, logger })
  const { garbage, pendingWork } = stores
  const sweeper = tidies ? new Sweeper({ pendingWork, queue, logger }) : undefined
  const collector =
    tidies && garbage ? new GarbageCollector({ garbage, retention: settings.retention, logger }) : undefined
  return {
    start: () => {
      relay.start()
      sweeper?.start()
      collector?.start()
    },
    close: async () => {
      await Promise.all([relay.close(), sweeper?.close(), collector?.close()])
    },
  }
}
