import { ExpireEvents } from '../audit/expire-events.js'
import { SealEvents } from '../audit/seal-events.js'
import type { Logger } from '../base/logger.js'
import type { DoorbellQueue } from '../queue/doorbell-queue.js'
import type { Settings } from '../settings/settings.js'
import type { Stores } from '../store/stores.js'
import type { Vault } from '../vault/vault.js'
import { AuditSealer } from '../worker/audit-sealer.js'
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
  /**
   * Look for what others left, clear away, chain the audit trail with the installation key. A process without that key
   * leaves all of it to the workers.
   */
  readonly tidies: Pick<Vault, 'hmac'> | undefined
}

/** Rings what this process commits, and what others left unrung; takes its turn in clearing away what nobody needs. */
export function openRelay({ stores, queue, logger, settings, tidies }: RelayParts): OpenRelay {
  const relay = new OutboxRelay({ outbox: stores.outbox, queue, logger })
  const others = tidies === undefined ? [] : tidying({ stores, queue, logger, settings }, tidies)
  const all = [relay, ...others]
  return {
    start: () => {
      for (const one of all) one.start()
    },
    close: async () => {
      await Promise.all(all.map((one) => one.close()))
    },
  }
}

function tidying(
  { stores, queue, logger, settings }: Omit<RelayParts, 'tidies'>,
  vault: Pick<Vault, 'hmac'>,
): readonly OpenRelay[] {
  const { garbage, pendingWork, auditChain: chain } = stores
  const { retention } = settings
  const hash = (text: string): string => vault.hmac(text)
  const expire = new ExpireEvents({ chain, hash, days: retention.auditEvents })
  const expireAudit = (): Promise<number> => expire.run()
  return [
    new Sweeper({ pendingWork, queue, logger }),
    new AuditSealer({ seal: new SealEvents({ chain, hash }), logger }),
    ...(garbage ? [new GarbageCollector({ garbage, retention, logger, expireAudit })] : []),
  ]
}
