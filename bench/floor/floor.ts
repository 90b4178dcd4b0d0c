import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Contestant, Push } from '../contestant.js'
import type { Stage } from '../stage.js'
import type { FloorAnswer, FloorTask } from './messages.js'

/** The floor in a process of its own, so that the observer's work does not slow it and its CPU time can be read. */
export async function startFloor(stage: Stage): Promise<Contestant> {
  const floor = new Floor()
  const { server, caPem, tokens } = stage.cluster
  const { repositoryUrl, folder, shape } = stage
  const setup = { server, caPem, token: tokens.floor, repositoryUrl, folder, shape }
  await floor.run({ task: 'set-up', setup })
  return floor
}

class Floor implements Contestant {
  readonly user = 'floor'
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

  declareAll(): Promise<void> {
    return this.run({ task: 'apply-all' })
  }

  armCommits(): Promise<void> {
    return this.run({ task: 'mirror' })
  }

  announce({ before, after }: Push): Promise<void> {
    return this.run({ task: 'follow-commit', before, after })
  }

  armHealing(): Promise<void> {
    return this.run({ task: 'heal' })
  }

  async syncedCount(): Promise<undefined> {
    return undefined
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return
    const gone = new Promise((resolve) => this.child.once('exit', resolve))
    this.child.disconnect()
    await gone
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
}
