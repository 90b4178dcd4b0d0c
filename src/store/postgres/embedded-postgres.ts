import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { reasonOf } from '../../base/app-error.js'
import type { Logger } from '../../base/logger.js'
import { prepareDataFolder } from './postgres-data-folder.js'
import { connectionStringOf, DATABASE, startPostmaster, type Postmaster } from './start-postmaster.js'
import { loadPostgresPrograms } from './postgres-programs.js'
import { stopStalePostmaster } from './stale-postmaster.js'

export interface EmbeddedPostgresOptions {
  /** Made when missing; holds the data and the password. */
  readonly dir: string
  /** Default: any free port. */
  readonly port?: number
  readonly logger: Logger
}

export interface EmbeddedPostgres {
  readonly connectionString: string
  /** The postmaster of this moment. */
  readonly pid: number
  stop(): Promise<void>
}

const RESTART_PAUSE_MS = 1_000

/**
 * Postgres 18 from the npm package, for quickstart and tests. It lives under a supervisor that stops it when this process ends, however
 * it ends; should both have been killed at once, the next start stops the leftover first. When Postgres alone dies it is started again
 * on the same port. Data survives.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dir, logger } = options
  const programs = await loadPostgresPrograms()
  const folder = await prepareDataFolder(dir, programs)
  const port = options.port ?? (await freePort())
  const start = async (): Promise<Postmaster> => {
    await stopStalePostmaster(folder.data, logger)
    const running = await startPostmaster(programs, folder, port)
    logger.info('Embedded Postgres is ready', { pid: running.pid, port, dir })
    return running
  }
  return new KeptPostgres(connectionStringOf(folder, port, DATABASE), await start(), { start, logger })
}

interface Keeping {
  readonly start: () => Promise<Postmaster>
  readonly logger: Logger
}

/** Starts Postgres again until it is stopped on purpose. */
class KeptPostgres implements EmbeddedPostgres {
  readonly connectionString: string
  readonly #keeping: Keeping
  readonly #kept: Promise<void>
  #running: Postmaster
  #stopped = false

  constructor(connectionString: string, running: Postmaster, keeping: Keeping) {
    this.connectionString = connectionString
    this.#running = running
    this.#keeping = keeping
    this.#kept = this.#keep()
  }

  get pid(): number {
    return this.#running.pid
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running.stop()
    await this.#kept
  }

  async #keep(): Promise<void> {
    for (;;) {
      await this.#running.ended
      if (this.#stopped) return
      this.#keeping.logger.error('Embedded Postgres died, starting it again', { pid: this.pid })
      await this.#restart()
      if (this.#stopped) return this.#running.stop()
    }
  }

  async #restart(): Promise<void> {
    while (!this.#stopped) {
      try {
        this.#running = await this.#keeping.start()
        return
      } catch (error) {
        this.#keeping.logger.error('Embedded Postgres does not start', { reason: reasonOf(error) })
        await sleep(RESTART_PAUSE_MS)
      }
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
