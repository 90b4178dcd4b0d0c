import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SUPERVISOR = fileURLToPath(new URL('../../../tools/supervise.mjs', import.meta.url))
const POLITE_MS = 15_000
/** As `npm start` and docs/operator/processes.md have it; BENCH_NODE_FLAGS adds to it, for profiles. */
const NODE_FLAGS = ['--max-semi-space-size=16']

export interface Launch {
  readonly command: readonly string[]
  readonly folder: string
  readonly env?: Readonly<Record<string, string>>
  /** What it prints when it can be used. */
  readonly ready: RegExp
  readonly readySeconds: number
}

/** A program below the supervisor: it ends with this process, however this process ends. */
export class Program {
  readonly pid: number
  /** What it printed until it was ready. */
  readonly output: string
  private readonly supervisor: ChildProcess

  private constructor(supervisor: ChildProcess, pid: number, output: string) {
    this.supervisor = supervisor
    this.pid = pid
    this.output = output
  }

  /** Resolves when it printed `ready`; otherwise fails with the end of its output. */
  static async start(launch: Launch): Promise<Program> {
    const supervisor = spawn(process.execPath, [SUPERVISOR, '--', ...launch.command], {
      cwd: launch.folder,
      env: { ...process.env, ...launch.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    try {
      const output = await readyOutput(supervisor, launch)
      return new Program(supervisor, Number.parseInt(output, 10), output)
    } catch (error) {
      supervisor.stdin?.end()
      throw error
    }
  }

  async stop(how: 'asked' | 'killed' = 'asked'): Promise<void> {
    if (this.supervisor.exitCode !== null || this.supervisor.signalCode !== null) return
    const gone = new Promise((resolve) => this.supervisor.once('exit', resolve))
    signal(this.pid, how === 'asked' ? 'SIGTERM' : 'SIGKILL')
    const impatience = setTimeout(() => signal(this.pid, 'SIGKILL'), POLITE_MS)
    await gone
    clearTimeout(impatience)
  }
}

/** The first line is the pid, from the supervisor. */
function readyOutput(child: ChildProcess, launch: Launch): Promise<string> {
  const name = launch.command.map((word) => basename(word)).join(' ')
  const log = createWriteStream(join(launch.folder, 'product.log'), { flags: 'a' })
  return new Promise((resolve, reject) => {
    let output = ''
    const fail = (why: string): void => {
      clearTimeout(impatience)
      reject(new Error(`Cannot start ${name}: ${why}\n${output.slice(-4000)}`))
    }
    const impatience = setTimeout(
      () => fail(`it was not ready within ${launch.readySeconds} s`),
      launch.readySeconds * 1000,
    )
    const take = (chunk: Buffer): void => {
      log.write(chunk)
      if (output.length < 1_000_000) output += chunk.toString()
      if (!launch.ready.test(output)) return
      clearTimeout(impatience)
      resolve(output)
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', take)
    child.once('error', (error) => fail(error.message))
    child.once('exit', (code) => fail(`it ended with code ${code}`))
  })
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended meanwhile.
  }
}

/** A program of the build, run by this Node; it opens an inspector when it is sent SIGUSR1. */
export async function nodeCommand(file: string): Promise<readonly string[]> {
  const more = (process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter((word) => word !== '')
  return [process.execPath, ...NODE_FLAGS, `--inspect-port=${await freePort()}`, ...more, file]
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
