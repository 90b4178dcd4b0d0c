import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Told {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface ShellOptions {
  /** What is printed on the page, and what stands for it here. */
  readonly replace: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
}

interface Running {
  readonly block: string
  readonly ready: RegExp
  readonly child: ChildProcess
}

const READY_MS = 60_000

/** The `sh` blocks below a heading of a page, in their order. */
export function shellBlocks(page: string, heading: string): readonly string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  return [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block)
}

/** A block of commands, one by one; a line that ends with a backslash goes on. */
export function commandsIn(block: string): readonly string[] {
  return block
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
}

/** Types what a page prints, in one folder. What it starts lives until it is killed. */
export class Shell {
  readonly #folder: string
  readonly #options: ShellOptions
  readonly #running = new Map<string, Running>()
  readonly #output = new Map<string, string>()

  constructor(folder: string, options: ShellOptions) {
    this.#folder = folder
    this.#options = options
  }

  output(name: string): string {
    return this.#output.get(name) ?? ''
  }

  /** A block to its end; throws with what it said when it fails. */
  async run(block: string): Promise<void> {
    const { code, out, err } = await this.tell(`set -e\n${block}`)
    if (code !== 0) throw new Error(`The page says:\n${block}\nand it ended with ${code}:\n${out}\n${err}`)
  }

  async tell(command: string, input = ''): Promise<Told> {
    const child = this.#spawn(command)
    let out = ''
    let err = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text))
    child.stdin?.on('error', () => undefined).end(input)
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, out, err }
  }

  /** In a terminal of its own. Resolves when it says that it is ready. */
  async start(name: string, block: string, ready: RegExp): Promise<void> {
    const child = this.#spawn(block)
    this.#running.set(name, { block, ready, child })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said += text
        this.#output.set(name, this.output(name) + text)
      })
    }
    const end = performance.now() + READY_MS
    while (!ready.test(said)) {
      if (child.exitCode !== null || performance.now() > end)
        throw new Error(`The ${name} does not start:\n${said}`)
      await sleep(20)
    }
  }

  async startAgain(name: string): Promise<void> {
    const { block, ready } = this.#of(name)
    await this.start(name, block, ready)
  }

  /** kill -9 of the shell and of what it started. */
  async kill(name: string): Promise<void> {
    const { child } = this.#of(name)
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    const gone = once(child, 'exit')
    process.kill(-child.pid, 'SIGKILL')
    await gone
  }

  async killAll(): Promise<void> {
    for (const name of this.#running.keys()) await this.kill(name)
  }

  #of(name: string): Running {
    const running = this.#running.get(name)
    if (running === undefined) throw new Error(`Nothing called ${name} was started.`)
    return running
  }

  /** A group of its own, so that all of it can be killed at once. */
  #spawn(command: string): ChildProcess {
    const { replace, env } = this.#options
    const text = Object.entries(replace).reduce((line, [from, to]) => line.replaceAll(from, to), command)
    return spawn('bash', ['-c', text], { cwd: this.#folder, env: { ...process.env, ...env }, detached: true })
  }
}
