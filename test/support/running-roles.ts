import { execFile, type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { silentLogger } from '../../src/base/logger.js'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/store/postgres/embedded-postgres.js'
import { RedisServer, whyNoRedisServer } from './redis-server.js'
import { ProductApi, ROOT } from './running-product.js'

export const ROLES = ['gateway', 'source-worker', 'cluster-worker'] as const
export type RoleName = (typeof ROLES)[number]

const MAIN = join(ROOT, 'dist/src/main')
const FOLLOWER = pathToFileURL(join(ROOT, 'tools/bootstrap/follow-parent.mjs')).href
const READY: Readonly<Record<RoleName, RegExp>> = {
  gateway: /Lockstep listens on /,
  'source-worker': /answers the gateway on /,
  'cluster-worker': /answers the gateway on /,
}
const READY_WITHIN_MS = 30_000
/** Of a lease, so that a take-over is a matter of seconds. */
const LEASE_SECONDS = 3

type Env = Readonly<Record<string, string>>

/** One role as a child process; it can be killed and started again on the same state. */
export class RoleProgram {
  readonly name: RoleName
  readonly #env: Env
  readonly #output: string[] = []
  #child: ChildProcess | undefined

  constructor(name: RoleName, env: Env) {
    this.name = name
    this.#env = env
  }

  get pid(): number {
    return this.#child?.pid ?? -1
  }

  get isAlive(): boolean {
    const child = this.#child
    return child !== undefined && child.exitCode === null && child.signalCode === null
  }

  get output(): string {
    return this.#output.join('')
  }

  async start(): Promise<void> {
    // It ends with this test, however that ends.
    const child = spawn(process.execPath, ['--import', FOLLOWER, join(MAIN, `${this.name}.js`)], {
      env: { ...process.env, ...this.#env, LOCKSTEP_STARTER: String(process.pid) },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    })
    this.#child = child
    this.#output.push('\n--- started ---\n')
    const keep = (chunk: string): number => this.#output.push(chunk)
    child.stdout?.setEncoding('utf8').on('data', keep)
    child.stderr?.setEncoding('utf8').on('data', keep)
    await this.printed(READY[this.name])
  }

  async printed(wanted: RegExp): Promise<string> {
    const end = performance.now() + READY_WITHIN_MS
    for (;;) {
      const text = this.output.slice(this.output.lastIndexOf('--- started ---'))
      const found = wanted.exec(text)
      if (found !== null) return found[0]
      if (performance.now() > end || !this.isAlive) {
        throw new Error(`The ${this.name} does not start:\n${text.slice(-3000)}`)
      }
      await sleep(20)
    }
  }

  /** Resolves when it is gone; answers its exit code. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child
    if (child === undefined || !this.isAlive) return child?.exitCode ?? 0
    const gone = once(child, 'exit')
    child.kill(signal)
    const impatience = setTimeout(() => child.kill('SIGKILL'), 20_000)
    const [code] = (await gone) as [number | null]
    clearTimeout(impatience)
    return code
  }
}

/** The three roles as a person would run them: one Postgres, Redis where there is one, a key file each. */
export class RunningRoles {
  readonly folder: string
  readonly url: string
  readonly api: ProductApi
  readonly databaseUrl: string
  readonly role: Readonly<Record<RoleName, RoleProgram>>
  readonly redis: RedisServer | undefined
  readonly #postgres: EmbeddedPostgres
  readonly #env: Env

  private constructor(parts: {
    readonly folder: string
    readonly port: number
    readonly postgres: EmbeddedPostgres
    readonly redis: RedisServer | undefined
  }) {
    this.folder = parts.folder
    this.url = `http://127.0.0.1:${parts.port}`
    this.api = new ProductApi(this.url)
    this.redis = parts.redis
    this.#postgres = parts.postgres
    this.databaseUrl = parts.postgres.connectionString
    this.#env = this.#environment(parts.port)
    const open = (name: RoleName) => new RoleProgram(name, this.env(name))
    this.role = {
      gateway: open('gateway'),
      'source-worker': open('source-worker'),
      'cluster-worker': open('cluster-worker'),
    }
  }

  static async start(): Promise<RunningRoles> {
    const folder = await mkdtemp(join(tmpdir(), 'lockstep-roles-'))
    await chmod(folder, 0o711)
    const [postgres, redis, port] = await Promise.all([
      startEmbeddedPostgres({ dir: join(folder, 'postgres'), logger: silentLogger }),
      whyNoRedisServer() === undefined ? RedisServer.start() : undefined,
      freePort(),
    ])
    const roles = new RunningRoles({ folder, port, postgres, redis })
    try {
      await roles.run('make-keys', ['--to', join(folder, 'keys')], {})
      await roles.run('migrate')
      await Promise.all(ROLES.map((name) => roles.role[name].start()))
      return roles
    } catch (error) {
      await roles.stop()
      throw error
    }
  }

  /** What the process of a role gets from its environment. */
  env(name: RoleName): Env {
    return {
      ...this.#env,
      LOCKSTEP__STATE__DIR: join(this.folder, name),
      LOCKSTEP__VAULT__KEYSFILE: join(this.folder, 'keys', `${name}-keys.json`),
    }
  }

  /** Another program of the build, see `runProgram`. */
  run(program: string, args: readonly string[] = [], env: Env = this.#env): Promise<string> {
    return runProgram(program, args, env)
  }

  get link(): Promise<string> {
    return this.role.gateway.printed(/https?:\/\/\S+\/setup\?token=[\w.~-]+(?=\s)/)
  }

  get pids(): readonly number[] {
    return ROLES.map((name) => this.role[name].pid)
  }

  async stop(): Promise<readonly (number | null)[]> {
    const codes = await Promise.all(ROLES.map((name) => this.role[name].end('SIGTERM')))
    await Promise.all([this.#postgres.stop(), this.redis?.stop()])
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    return codes
  }

  #environment(port: number): Env {
    const queue: Env =
      this.redis === undefined
        ? { LOCKSTEP__QUEUE__KIND: 'postgres' }
        : { LOCKSTEP__QUEUE__KIND: 'redis', LOCKSTEP__REDIS__URL: this.redis.url }
    return {
      ...queue,
      LOCKSTEP__HTTP__PORT: String(port),
      LOCKSTEP__DATABASE__URL: this.databaseUrl,
      LOCKSTEP__INTERNAL__KEY_FILE: join(this.folder, 'keys', 'internal-key'),
      LOCKSTEP__LEASE__SECONDS: String(LEASE_SECONDS),
      LOCKSTEP__LOG__LEVEL: 'info',
    }
  }
}

/** A program of the build, to its end. Answers what it printed; rejects with it when it fails. */
export async function runProgram(program: string, args: readonly string[], env: Env): Promise<string> {
  const options = { env: { ...process.env, ...env } }
  const words = [join(MAIN, `${program}.js`), ...args]
  return (await promisify(execFile)(process.execPath, words, options)).stdout
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
