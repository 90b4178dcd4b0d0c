import {
  createPostgresBackend,
  DEFAULT_SCHEMA,
  isPgPool,
  runMigrations,
  withBackend,
  type PgPool,
  type Processor,
} from 'bullmq'
import pg from 'pg'
import type { Logger } from '../../base/logger.js'
import { BullmqBackend, troubleAt, WORKER_OPTIONS, type JobQueue, type JobWorker } from './bullmq-backend.js'
import { BullmqQueue } from './bullmq-queue.js'
import type { RareWarning } from '../../base/rare-warning.js'

export interface PostgresQueueOptions {
  readonly connectionString: string
  readonly logger: Logger
}

const { Queue: PostgresQueue, Worker: PostgresWorker } = withBackend(createPostgresBackend)

/** Two listening workers, and rings and takes beside them. */
const MAX_CONNECTIONS = 6
const CONNECT_TIMEOUT_MS = 3_000
const STATEMENT_TIMEOUT_MS = 10_000
const CONCURRENCY = 8

/**
 * One queue for all clusters: each worker pins a connection to listen, and every ring takes a lock of the whole database
 * to notify, so this is for small installations with one worker process. With several, a doorbell that reaches a process
 * which does not own its cluster goes back and on to the next.
 */
class PostgresBackend extends BullmqBackend {
  readonly place: string
  readonly #pool: PgPool
  readonly #warning: RareWarning

  constructor(pool: PgPool, place: string, warning: RareWarning) {
    super()
    this.#pool = pool
    this.place = place
    this.#warning = warning
  }

  override clusterQueue(): string {
    return 'cluster'
  }

  override openQueue(name: string): JobQueue {
    const queue = new PostgresQueue(name, { connection: this.#pool })
    queue.on('error', this.#warning.report)
    return queue
  }

  override openWorker(name: string, processor: Processor): JobWorker {
    const options = {
      connection: this.#pool,
      concurrency: CONCURRENCY,
      ...WORKER_OPTIONS,
    }
    const worker = new PostgresWorker(name, processor, options)
    worker.on('error', this.#warning.report)
    return worker
  }

  override async up(): Promise<void> {
    // The pool connects when it is asked, within its own time limit.
  }

  override async close(): Promise<void> {
    await this.#pool.end()
  }
}

/** Doorbells in the database. Brings the tables of the queue up to date; rejects when the database does not answer. */
export async function openPostgresQueue(options: PostgresQueueOptions): Promise<BullmqQueue> {
  const place = `Postgres at ${new URL(options.connectionString).host}`
  const warning = troubleAt(place, options.logger)
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'lockstep-queue',
    options: `-c search_path=${DEFAULT_SCHEMA}`,
  })
  pool.on('error', warning.report)
  if (!isPgPool(pool)) throw new Error('BullMQ does not know this pool of connections.')
  await migrate(pool)
  return new BullmqQueue({
    backend: new PostgresBackend(pool, place, warning),
    warning,
    logger: options.logger,
  })
}

/** The tables of BullMQ live in a schema of their own; processes that start together wait for one another. */
async function migrate(pool: PgPool): Promise<void> {
  const client = await pool.connect()
  try {
    await runMigrations(client, DEFAULT_SCHEMA)
  } finally {
    client.release()
  }
}
