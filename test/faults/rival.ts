import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from '../support/running-product.js'
import { Killer } from './killer.js'
import type { SplitProduct } from './split-product.js'

const MAIN = join(ROOT, 'dist/src/main')
const READY_MS = 60_000

/** What a second process joins. */
interface Installation {
  readonly parts: {
    readonly product: { readonly folder: string }
    readonly productEnv: Readonly<Record<string, string>>
  }
  readonly split: SplitProduct | undefined
}

/** How a second process of this installation is started. */
interface Start {
  readonly role: 'all-in-one' | 'cluster-worker'
  readonly ready: string
  readonly env: Readonly<Record<string, string>>
}

/**
 * A second process of the same installation that may own the cluster: same database, Redis and keys, its own state and port. Where the
 * roles are apart it is another cluster worker.
 */
export class Rival {
  /** Under which it owns clusters; known when it is ready. */
  id = ''
  readonly killer: Killer
  readonly #child: ChildProcess
  readonly #folder: string

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child
    this.#folder = folder
    this.killer = new Killer(ordersOf(folder))
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  get pid(): number {
    return this.#child.pid ?? -1
  }

  static async start(world: Installation): Promise<Rival> {
    const folder = join(world.parts.product.folder, 'rival')
    await rm(folder, { recursive: true, force: true })
    const { role, ready, env } = await startOf(world, folder)
    const child = spawn(process.execPath, [join(MAIN, `${role}.js`)], {
      env: {
        ...process.env,
        ...env,
        LOCKSTEP__STATE__DIR: folder,
        LOCKSTEP_FAULT_ORDERS: ordersOf(folder),
      },
      cwd: world.parts.product.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const rival = new Rival(child, folder)
    await rival.#ready(ready)
    const identity = JSON.parse(await readFile(join(folder, `${role}.json`), 'utf8')) as {
      readonly id: string
    }
    rival.id = identity.id
    return rival
  }

  async stop(): Promise<void> {
    if (this.isAlive) {
      const gone = once(this.#child, 'exit')
      this.#child.kill('SIGKILL')
      await gone
    }
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }

  async #ready(words: string): Promise<void> {
    let output = ''
    const keep = (chunk: Buffer): void => void (output = (output + String(chunk)).slice(-8000))
    this.#child.stdout?.on('data', keep)
    this.#child.stderr?.on('data', keep)
    const end = performance.now() + READY_MS
    while (!output.includes(words)) {
      if (this.#child.exitCode !== null || performance.now() > end) {
        await this.stop()
        throw new Error(`The second process does not start:\n${output}`)
      }
      await sleep(20)
    }
  }
}

function ordersOf(folder: string): string {
  return `${folder}-orders`
}

async function startOf({ parts, split }: Installation, folder: string): Promise<Start> {
  if (split !== undefined) {
    const env = split.env('cluster-worker')
    return { role: 'cluster-worker', ready: 'answers the gateway on ', env }
  }
  const state = join(parts.product.folder, 'state')
  const own = /\/(mirrors|all-in-one\.json)(\/|$)/
  await cp(state, folder, { recursive: true, filter: (path) => !own.test(path.slice(state.length)) })
  const env = { ...parts.productEnv, LOCKSTEP__HTTP__PORT: '0' }
  return { role: 'all-in-one', ready: 'Lockstep listens on ', env }
}
