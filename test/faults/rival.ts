import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from '../support/running-product.js'
import type { World } from './world.js'

const PROGRAM = join(ROOT, 'dist/src/main/all-in-one.js')
const READY_MS = 60_000

/** A second process of the same installation: same database, Redis and keys, its own state and port. */
export class Rival {
  /** Under which it owns clusters; known when it is ready. */
  id = ''
  readonly #child: ChildProcess
  readonly #folder: string

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child
    this.#folder = folder
  }

  static async start(world: World): Promise<Rival> {
    const { product, productEnv } = world.parts
    const folder = join(product.folder, 'rival')
    const state = join(product.folder, 'state')
    const own = /\/(mirrors|all-in-one\.json)(\/|$)/
    await rm(folder, { recursive: true, force: true })
    await cp(state, folder, { recursive: true, filter: (path) => !own.test(path.slice(state.length)) })
    const env = {
      ...process.env,
      ...productEnv,
      LOCKSTEP_FAULT_ORDERS: join(folder, 'orders'),
      LOCKSTEP__HTTP__PORT: '0',
      LOCKSTEP__STATE__DIR: folder,
    }
    const child = spawn(process.execPath, [PROGRAM], { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    const rival = new Rival(child, folder)
    await rival.#ready()
    const identity = JSON.parse(await readFile(join(folder, 'all-in-one.json'), 'utf8')) as {
      readonly id: string
    }
    rival.id = identity.id
    return rival
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit')
      this.#child.kill('SIGKILL')
      await gone
    }
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }

  async #ready(): Promise<void> {
    let output = ''
    const keep = (chunk: Buffer): void => void (output = (output + String(chunk)).slice(-8000))
    this.#child.stdout?.on('data', keep)
    this.#child.stderr?.on('data', keep)
    const end = performance.now() + READY_MS
    while (!output.includes('Lockstep listens on ')) {
      if (this.#child.exitCode !== null || performance.now() > end) {
        await this.stop()
        throw new Error(`The second process does not start:\n${output}`)
      }
      await sleep(20)
    }
  }
}
