import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Contestant, Learned, Push } from '../contestant.js'
import type { Stage } from '../stage.js'
import type { FloorAnswer, FloorSetup, FloorTask } from './messages.js'

/** The floor in a process of its own, so that the observer's work does not slow it and its CPU time can be read. */
export async function startFloor(stage: Stage): Promise<Contestant> {
  const { server, caPem, tokens } = stage.cluster
  const { repositoryUrl, folder, shape } = stage
  const floor = new Floor({ server, caPem, token: tokens.floor, repositoryUrl, folder, shape })
  await floor.start()
  return floor
}

class Floor implements Contestant {
  readonly user = 'floor'
  private readonly setup: FloorSetup
  private worker = new FloorChild()

  constructor(setup: FloorSetup) {
    this.setup = setup
  }

  get pids(): readonly number[] {
    return [this.worker.pid]
  }

  start(): Promise<void> {
    return this.worker.run({ task: 'set-up', setup: this.setup })
  }

  declareAll(): Promise<void> {
    return this.worker.run({ task: 'apply-all' })
  }

  armCommits(): Promise<void> {
    return this.worker.run({ task: 'mirror' })
  }

  announce({ before, after }: Push): Promise<void> {
    return this.worker.run({ task: 'follow-commit', before, after })
  }

  async learn(): Promise<Learned> {
    const start = performance.now()
    await this.worker.run({ task: 'look' })
    const ms = performance.now() - start
    return { ms, confirmedMs: ms }
  }

  armHealing(): Promise<void> {
    return this.worker.run({ task: 'heal' })
  }

  async syncedCount(): Promise<undefined> {
    return undefined
  }

  /** An empty process, one list of everything, and a watch from there. */
  async restart(_how: 'asked' | 'killed', whileDown: () => Promise<void>): Promise<number> {
    await this.worker.stop()
    await whileDown()
    const start = performance.now()
    this.worker = new FloorChild()
    await this.start()
    await this.armHealing()
    return start
  }

  async rowsWritten(): Promise<Readonly<Record<string, number>>> {
    return {}
  }

  stop(): Promise<void> {
    return this.worker.stop()
  }
}

class FloorChild {
  private readonly child: ChildProcess
  private readonly open = new Map<number, (error: string | undefined) => void>()
  private last = 0

  constructor() {
    this.child = fork(fileURLToPath(new URL('main.js', import.meta.url)), { execArgv: [] })
    this.child.on('message', (answer: FloorAnswer) => this.open.get(answer.id)?.(answer.error))
    this.child.once('exit', () => {
      for (const settle of this.open.values()) settle('The process of the floor ended')
    })
  }

  get pid(): number {
    return this.child.pid ?? -1
  }

  run(task: FloorTask): Promise<void> {
    const id = (this.last += 1)
    return new Promise((resolve, reject) => {
      this.open.set(id, (error) => {
        this.open.delete(id)
        if (error === undefined) resolve()
        else reject(new Error(error))
      })
      this.child.send({ ...task, id })
    })
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = new Promise((resolve) => this.child.once('exit', resolve))
    this.child.disconnect()
    await gone
  }
}
