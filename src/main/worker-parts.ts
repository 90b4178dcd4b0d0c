import type { Clock, NewId } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { LEASE_TIMES, shorterLeaseTimes, type LeaseTimes } from '../engine/ownership/lease-times.js'
import type { DoorbellQueue } from '../queue/doorbell-queue.js'
import type { Settings } from '../settings/settings.js'
import type { LeaseHolder } from '../store/lease-store.js'
import type { Stores } from '../store/stores.js'
import type { Vault } from '../vault/vault.js'
import type { Metrics } from '../telemetry/metrics.js'
import type { WorkerRole } from '../worker/ownership.js'

/** What every worker is made of, whether it is alone in its process or not. */
export interface WorkerParts {
  readonly stores: Stores
  readonly vault: Vault
  readonly queue: DoorbellQueue
  readonly settings: Settings
  readonly clock: Clock
  readonly newId: NewId
  readonly logger: Logger
  readonly holder: LeaseHolder
  readonly formerRunIsDead: boolean
  readonly role: WorkerRole
  readonly metrics: Metrics
}

export function leaseTimes({ lease }: Settings): LeaseTimes {
  return shorterLeaseTimes(LEASE_TIMES.ttlMs / (lease.seconds * 1000))
}
