import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { RelayAnswer, RelaySetup, RelayTask } from './messages.js'

/** The relays in a process of their own. */
export async function startRelay(setup: RelaySetup): Promise<Relay> {
  const relay = new Relay(setup)
  try {
    await relay.open()
    return relay
  } catch (error) {
    relay.stop()
    throw error
  }
}

export class Relay {
  private readonly setup: RelaySetup
  private readonly child: ChildProcess
  private readonly waiting = new Map<number, (answer: RelayAnswer) => void>()
  private last = 0

  constructor(setup: RelaySetup) {
    this.setup = setup
    this.child = fork(fileURLToPath(new URL('main.js', import.meta.url)), { execArgv: [] })
    this.child.on('message', (answer: RelayAnswer) => this.waiting.get(answer.id)?.(answer))
    this.child.once('exit', () => {
      for (const [id, settle] of this.waiting) settle({ id, error: 'The process of the relays ended' })
    })
  }

  async open(): Promise<void> {
    await this.ask({ task: 'open', setup: this.setup })
  }

  async swallow(address: string): Promise<void> {
    await this.ask({ task: 'swallow', address })
  }

  async counts(): Promise<Readonly<Record<string, number>>> {
    return (await this.ask({ task: 'count' })).counts ?? {}
  }

  stop(): void {
    if (this.child.connected) this.child.disconnect()
  }

  /** The relay signs in at the API server itself: the user needs no credential. */
  kubeconfig(address: string): string {
    return `apiVersion: v1
kind: Config
clusters:
  - name: ${address}
    cluster: { server: "http://${address}:${this.setup.port}" }
users:
  - name: nobody
    user: {}
contexts:
  - name: ${address}
    context: { cluster: ${address}, user: nobody }
current-context: ${address}
`
  }

  private async ask(task: RelayTask): Promise<RelayAnswer> {
    const id = (this.last += 1)
    const answer = await new Promise<RelayAnswer>((resolve) => {
      this.waiting.set(id, resolve)
      this.child.send({ ...task, id })
    })
    this.waiting.delete(id)
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer
  }
}
