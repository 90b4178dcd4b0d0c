import { AppError } from '../base/app-error.js'
import type { Logger } from '../base/logger.js'
import type { EventBus } from '../events/event-bus.js'
import { MemoryBus } from '../events/memory/memory-bus.js'
import type { DoorbellQueue } from '../queue/doorbell-queue.js'
import { MemoryQueue } from '../queue/memory/memory-queue.js'
import type { Settings } from '../settings/settings.js'

export interface OpenQueue {
  readonly queue: DoorbellQueue
  readonly events: EventBus
}

/**
 * How processes wake and tell each other, by `queue.kind`; only what that kind needs is loaded. Redis may be down at the start;
 * Postgres may not.
 */
export async function openQueue(
  { queue: { kind }, redis }: Pick<Settings, 'queue' | 'redis'>,
  { logger, databaseUrl }: { readonly logger: Logger; readonly databaseUrl: string },
): Promise<OpenQueue> {
  if (kind === 'memory') return { queue: new MemoryQueue(), events: new MemoryBus(logger) }
  if (kind === 'postgres') {
    const { openPostgresQueue } = await import('../queue/bullmq/postgres-backend.js')
    const { PostgresBus } = await import('../events/postgres/postgres-bus.js')
    const queue = await openPostgresQueue({ connectionString: databaseUrl, logger })
    return { queue, events: new PostgresBus({ connectionString: databaseUrl, logger }) }
  }
  const { url } = redis
  if (url === undefined) {
    const message =
      'queue.kind is redis, but redis.url is not set. Set it (LOCKSTEP__REDIS__URL=redis://host:6379), or choose another kind of queue.'
    throw new AppError('BAD_USER_INPUT', message)
  }
  const { openRedisQueue } = await import('../queue/bullmq/redis-backend.js')
  const { RedisBus } = await import('../events/redis/redis-bus.js')
  return { queue: openRedisQueue({ url, logger }), events: new RedisBus({ url, logger }) }
}
