import { randomUUID } from 'node:crypto'
import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { requireSchema } from '../store/postgres/run-migrations.js'
import { openStores } from '../store/prisma/open-stores.js'
import { LocalVault } from '../vault/local/local-vault.js'
import type { KeyHolder } from '../vault/local/role-keys.js'
import { openQueue } from './open-queue.js'
import { openRelay } from './open-relay.js'
import { openTelemetry } from './open-telemetry.js'
import { settingsOfRole } from './role-settings.js'
import type { Settings } from '../settings/settings.js'

export const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }
export const newId = (): string => randomUUID()

/** What each separate process has: its part of the keys, the database, the queue, the relay of its own doorbells. */
export async function openBase(role: KeyHolder, settings: Settings, logger: Logger) {
  const { databaseUrl, internalKey, keys } = await settingsOfRole(role, settings)
  await requireSchema(databaseUrl)
  const telemetry = openTelemetry(role, settings, logger)
  const stores = telemetry.measured(
    openStores({
      connectionString: databaseUrl,
      logger,
      maxConnections: settings.database.maxConnections,
      pollSeconds: settings.git.pollSeconds + settings.git.jitterSeconds,
    }),
  )
  const { queue, events } = await openQueue(settings, { logger, databaseUrl })
  const vault = new LocalVault(keys)
  const tidies = role === 'gateway' ? undefined : vault
  const relay = openRelay({ stores, queue, logger, settings, tidies })
  const close = async (): Promise<void> => {
    await relay.close()
    await queue.close()
    await events.close()
    await stores.close()
  }
  const { metrics } = telemetry
  return {
    telemetry,
    metrics,
    settings,
    logger,
    stores,
    queue,
    events,
    relay,
    vault,
    clock,
    newId,
    internalKey,
    close,
  }
}

/** Proves what `openBase` needs, and opens nothing. */
export async function checkBase(role: KeyHolder, settings: Settings): Promise<string> {
  const { databaseUrl } = await settingsOfRole(role, settings)
  await requireSchema(databaseUrl)
  return 'settings, keys and database are in order'
}
