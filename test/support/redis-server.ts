import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'

const PROGRAM = 'redis-server'
const START_MS = 10_000

const REDIS_URL = process.env['REDIS_URL']
const IS_REQUIRED = process.env['LOCKSTEP_REQUIRE_REDIS'] === '1'
const PATH = process.env['PATH'] ?? ''

/** Why tests with a Redis of their own are skipped; undefined when they run. Where it is required its absence is an error. */
export function whyNoRedisServer(): string | undefined {
  if (PATH.split(delimiter).some((folder) => existsSync(join(folder, PROGRAM)))) return undefined
  const reason = `skipped: no ${PROGRAM} on PATH (apt-get install redis-server)`
  if (IS_REQUIRED) throw new Error(`Redis is required here (LOCKSTEP_REQUIRE_REDIS=1), but ${reason}.`)
  return reason
}

/** As above, for tests that are content with the Redis of REDIS_URL. */
export function whyNoRedis(): string | undefined {
  return REDIS_URL === undefined ? whyNoRedisServer() : undefined
}

/** A Redis of this test on a free port, empty at each start: it keeps nothing on disk. */
export class RedisServer {
  readonly url: string
  readonly #port: number
  readonly #dir: string
  #running: { readonly supervisor: ChildProcess; readonly pid: number } | undefined

  private constructor(port: number, dir: string) {
    this.#port = port
    this.#dir = dir
    this.url = `redis://127.0.0.1:${port}`
  }

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'lockstep-redis-')))
    await server.startAgain()
    return server
  }

  /** On the same port, with nothing in it. */
  async startAgain(): Promise<void> {
    const options = { port: this.#port, bind: '127.0.0.1', dir: this.#dir, save: '', appendonly: 'no' }
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
    // Under a supervisor, so that it does not outlive a test that is killed.
    const command = ['tools/supervise.mjs', '--', PROGRAM, ...args]
    const supervisor = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'ignore'] })
    const [line] = (await once(supervisor.stdout, 'data')) as [Buffer]
    supervisor.stdout.resume()
    this.#running = { supervisor, pid: Number.parseInt(line.toString(), 10) }
    await this.#untilItAnswers()
  }

  async kill(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    if (running === undefined || running.supervisor.exitCode !== null) return
    const ended = once(running.supervisor, 'exit')
    process.kill(running.pid, 'SIGKILL')
    await ended
  }

  /** SIGSTOP: connections stay open and nothing answers. */
  freeze(): void {
    this.#signal('SIGSTOP')
  }

  thaw(): void {
    this.#signal('SIGCONT')
  }

  async flushAll(): Promise<void> {
    const client = new Redis(this.url)
    await client.flushall()
    client.disconnect()
  }

  async stop(): Promise<void> {
    await this.kill()
    await rm(this.#dir, { recursive: true, force: true })
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#running !== undefined) process.kill(this.#running.pid, signal)
  }

  async #untilItAnswers(): Promise<void> {
    const end = Date.now() + START_MS
    while (!(await this.#answers())) {
      if (Date.now() > end)
        throw new Error(`${PROGRAM} did not start on port ${this.#port} within ${START_MS / 1_000} s.`)
      await sleep(20)
    }
  }

  async #answers(): Promise<boolean> {
    const client = new Redis(this.url, {
      lazyConnect: true,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
    })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return (await client.ping()) === 'PONG'
    } catch {
      return false
    } finally {
      client.disconnect()
    }
  }
}

/** The Redis of REDIS_URL, or one for this test alone. */
export async function lendRedis(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  return REDIS_URL === undefined ? RedisServer.start() : { url: REDIS_URL, stop: async () => undefined }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
